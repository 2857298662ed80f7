import { describeValue } from "../describe-value.js";

/**
 * The double precision number nearest to a decimal number, an infinity or NaN in a text.
 *
 * @throws RangeError if the nearest number is zero or an infinity, as `float8in_internal` does
 * (src/backend/utils/adt/float.c).
 */
export function parseFloat64(text: string): number {
  const number = parseNumber(text);
  if (isUnderflow(number, text) || isOverflow(number, text)) {
    throw new RangeError(`${describeValue(text)} is out of range for double precision`);
  }
  return number;
}

/**
 * The single precision number nearest to a decimal number, an infinity or NaN in a text. A number
 * that is too small becomes zero, see {@link isUnderflow}.
 *
 * @throws RangeError if the nearest number is an infinity.
 */
export function parseFloat32(text: string): number {
  const number = roundToFloat32(parseNumber(text), text);
  if (isOverflow(number, text)) {
    throw new RangeError(`${describeValue(text)} is out of range for single precision`);
  }
  return number;
}

/** Whether the text of a nonzero number became zero. */
export function isUnderflow(number: number, text: string): boolean {
  return number === 0 && /^[^e]*[1-9]/i.test(text);
}

/** Whether the text of a finite number became infinite. */
function isOverflow(number: number, text: string): boolean {
  return !Number.isFinite(number) && /^[+-]?[\d.]/.test(text);
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (number === number || /^nan$/i.test(text)) {
    return number;
  }
  // JavaScript knows the infinities under one name, and with a capital letter.
  return text.startsWith("-") ? -Infinity : Infinity;
}

/**
 * Rounding the nearest double again is right, unless the double is halfway between two single
 * precision numbers and the text is not: then the text decides.
 */
function roundToFloat32(double: number, text: string): number {
  const rounded = Math.fround(double);
  const other = 2 * double - rounded;
  const isHalfway = other !== rounded && Math.fround(other) === other;
  if (!isHalfway || !Number.isFinite(rounded)) {
    return rounded;
  }
  const side = compareToDouble(text, double);
  return side === 0 ? rounded : side > 0 ? Math.max(rounded, other) : Math.min(rounded, other);
}

/** More digits than any number halfway between two single precision numbers has. */
const ENOUGH_DIGITS = 130;

/** Compares the absolute values exactly; the result is negative if that of the text is smaller. */
function compareToDouble(text: string, double: number): number {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [integer = "", fraction = ""] = mantissa.replace(/^[+-]/, "").split(".");
  const digits = integer + fraction;
  const zeros = digits.search(/[1-9]/);
  const kept = digits.slice(zeros, zeros + ENOUGH_DIGITS);
  const isCut = /[1-9]/.test(digits.slice(zeros + ENOUGH_DIGITS));
  const scale = Number(exponent) + integer.length - zeros - kept.length;

  // Both sides times 2 ** 200 and 10 ** -scale are integers.
  const power = 10n ** BigInt(Math.abs(scale));
  const decimal = BigInt(kept) * (1n << 200n) * (scale > 0 ? power : 1n);
  const binary = shiftedLeft(Math.abs(double), 200) * (scale > 0 ? 1n : power);
  const side = decimal === binary && isCut ? 1 : Number(decimal - binary);
  return double < 0 ? -side : side;
}

/** `number * 2 ** places`, which is an integer, exactly. */
function shiftedLeft(number: number, places: number): bigint {
  const half = 2 ** (places / 2);
  return BigInt(number * half * half);
}
