/** The sign bit of a half precision number, and the other bits of an infinity. */
const SIGN = 0x8000;
const INFINITY = 0x7c00;

/** The smallest normal half precision number, as a single; smaller numbers are `2 ** -24` apart. */
const SMALLEST_NORMAL = (127 - 14) << 23;
const SUBNORMAL_STEPS = 2 ** 24;

/** Adding and subtracting it rounds a small double to the nearest integer, ties to even. */
const ROUNDING = 2 ** 52;

/** The difference between the exponents of single and half precision, shifted as in a half. */
const EXPONENT_SHIFT = (127 - 15) << 10;
const DROPPED_BITS = 23 - 10;

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/**
 * The bits of the half precision number nearest to a single precision number, ties to even; those
 * of an infinity for a number that is too large.
 */
export function toHalfBits(number: number): number {
  single[0] = number;
  const bits = singleBits[0]!;
  const sign = (bits >>> 16) & SIGN;
  const size = bits & 0x7fff_ffff;
  if (size < SMALLEST_NORMAL) {
    return sign | (Math.abs(number) * SUBNORMAL_STEPS + ROUNDING - ROUNDING);
  }
  const toEven = (size >> DROPPED_BITS) & 1;
  const rounded = (size + 0xfff + toEven) >>> DROPPED_BITS;
  return sign | Math.min(rounded - EXPONENT_SHIFT, INFINITY);
}

/** Whether the bits are those of an infinity. */
export function isHalfInfinity(bits: number): boolean {
  return (bits & ~SIGN) === INFINITY;
}

/** The number for the bits of a finite half precision number. */
export function fromHalfBits(bits: number): number {
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  const size =
    exponent === 0 ? fraction / SUBNORMAL_STEPS : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return bits & SIGN ? -size : size;
}
