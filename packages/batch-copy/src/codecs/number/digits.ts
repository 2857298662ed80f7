const ZERO = 48;
const HYPHEN = 45;

/** The most digits of which every integer is safe. */
const MOST_DIGITS = 15;

/** Stands for bytes that are not such an integer: it is not safe. */
export const NO_INTEGER: number = 2 ** 53;

/** The integer that is written in decimal digits, at most 15, after a minus sign or none. */
export function integerOfDigits(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === HYPHEN;
  const first = isNegative ? start + 1 : start;
  if (end - first > MOST_DIGITS || first >= end) {
    return NO_INTEGER;
  }
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) {
      return NO_INTEGER;
    }
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
}

const POINT = 46;

/** Powers of ten that are exact. */
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 16 }, (_, i) => 10 ** i);

/** With so many, a decimal without an exponent is neither too large nor too small for a double. */
const MOST_FLOAT_DIGITS = 100;

const { latin1Slice } = Buffer.prototype;

/**
 * The number nearest to a decimal without an exponent, or NaN for other bytes, and for very many digits. Up
 * to 15 digits, both the digits and the power of ten are exact, so that the division rounds once, to the
 * nearest number (William D. Clinger, How to Read Floating Point Numbers Accurately, 1990).
 */
export function floatOfDigits(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === HYPHEN;
  let value = 0;
  let digits = 0;
  let point = end;
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const byte = bytes[at]!;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits++;
    } else if (byte === POINT && point === end) {
      point = at;
    } else {
      return NaN;
    }
  }
  if (digits === 0 || digits > MOST_FLOAT_DIGITS) {
    return NaN;
  }
  if (digits > MOST_DIGITS) {
    return Number(latin1Slice.call(bytes, start, end));
  }
  const size = point === end ? value : value / POWERS_OF_TEN[end - point - 1]!;
  return isNegative ? -size : size;
}
