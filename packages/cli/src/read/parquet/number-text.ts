/** The exact text of `unscaled` / 10^`scale`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale === 0) {
    return String(unscaled);
  }
  const isNegative = unscaled < 0n;
  const digits = String(isNegative ? -unscaled : unscaled).padStart(scale + 1, "0");
  const point = digits.length - scale;
  return `${isNegative ? "-" : ""}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The signed integer whose bytes are given, the most significant first. */
export function bigEndianInteger(bytes: Uint8Array): bigint {
  return bytes.length === 0
    ? 0n
    : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

/** The number with the sign, exponent and fraction of IEEE 754 binary16, little-endian. */
export function halfFloat(bytes: Uint8Array): number {
  const bits = bytes[0]! | (bytes[1]! << 8);
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) {
    return fraction === 0 ? sign * Infinity : NaN;
  }
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The text of a double. */
export function doubleText(value: number): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** The shortest text that stands for the same single-precision number. */
export function singleText(value: number): string {
  // `toPrecision()` drops the sign of zero.
  if (Number.isFinite(value) && value !== 0) {
    for (let digits = leastDigits(value); digits < MOST_DIGITS; digits++) {
      const shorter = Number(value.toPrecision(digits));
      if (Math.fround(shorter) === value) {
        return doubleText(shorter);
      }
    }
    return doubleText(Number(value.toPrecision(MOST_DIGITS)));
  }
  return doubleText(value);
}

/** `FLT_DECIMAL_DIG` of C: so many digits tell all single-precision numbers apart. */
const MOST_DIGITS = 9;
/** `FLT_MIN`: the smallest number with all 24 bits. */
const LEAST_NORMAL = 2 ** -126;

/** `FLT_DIG` digits of a decimal survive in a single-precision number, unless it is subnormal. */
function leastDigits(value: number): number {
  return Math.abs(value) < LEAST_NORMAL ? 1 : 6;
}
