import type { ByteWriter } from "../../bytes/byte-writer.js";
import { codeAt, type TextSource } from "../text-form/code-at.js";

/** The limits of a column. */
export interface ShortDecimalLimits {
  /** Absolute values are less than this. */
  readonly bound: number;
  /** The maximum number of decimal places. */
  readonly scale: number;
}

/** The maximum length of a text; scale and powers then stay within the list. */
const MAX_LENGTH = 17;
const POWERS_OF_TEN: readonly number[] = Array.from({ length: MAX_LENGTH }, (_, i) => 10 ** i);

const HYPHEN = 45;
const POINT = 46;
const ZERO = 48;

/**
 * Writes a value in `numeric`'s binary format if it is a decimal that fits the column and whose
 * digits are a safe integer. Otherwise it writes nothing and returns false: the codec handles all
 * other values and all errors.
 */
export function writeShortDecimal(
  value: unknown,
  limits: ShortDecimalLimits,
  out: ByteWriter,
): boolean {
  switch (typeof value) {
    case "number":
      return writeNumber(value, limits, out);
    case "string":
      return writeShortText(value, 0, value.length, limits, out);
    case "bigint":
      // One that is not safe does not become a number that is.
      return writeNumber(Number(value), limits, out);
    default:
      return false;
  }
}

function writeNumber(value: number, limits: ShortDecimalLimits, out: ByteWriter): boolean {
  const size = Math.abs(value);
  if (Number.isSafeInteger(size)) {
    return writeUnits(value < 0, size, 0, limits, out);
  }
  const most = size < 1e9 ? 6 : 2;
  // With up to 15 digits; most floats that have more are found out by the first look.
  if (!(size < 1e13) || !isDecimal(size, most)) {
    return false;
  }
  for (let scale = 1; scale <= most; scale++) {
    if (isDecimal(size, scale)) {
      return writeUnits(value < 0, Math.round(size * POWERS_OF_TEN[scale]!), scale, limits, out);
    }
  }
  return false;
}

/**
 * Whether the float stands for a decimal with that number of decimal places. Each decimal of up to
 * 15 digits has a nearest float of its own, for which JavaScript prints the decimal.
 */
function isDecimal(size: number, scale: number): boolean {
  const power = POWERS_OF_TEN[scale]!;
  return Math.round(size * power) / power === size;
}

/** As {@link writeShortDecimal}, for a text in a string or in bytes. */
export function writeShortText(
  text: TextSource,
  start: number,
  end: number,
  limits: ShortDecimalLimits,
  out: ByteWriter,
): boolean {
  if (end - start > MAX_LENGTH || end === start) {
    return false;
  }
  const isString = typeof text === "string";
  const isNegative = codeAt(text, start) === HYPHEN;
  let units = 0;
  let digits = 0;
  let scale = -1;
  for (let at = isNegative ? start + 1 : start; at < end; at++) {
    const digit = (isString ? text.charCodeAt(at) : text[at]!) - ZERO;
    if (digit >= 0 && digit <= 9) {
      units = units * 10 + digit;
      digits++;
    } else if (digit === POINT - ZERO && scale < 0) {
      scale = end - at - 1;
    } else {
      return false;
    }
  }
  return digits > 0 && writeUnits(isNegative, units, Math.max(scale, 0), limits, out);
}

/**
 * The digits of the format: groups of four decimal digits. Reused, because encoding is synchronous.
 */
const groups = new Int16Array(4);

/** Writes `units` / 10^`scale`, if four groups can hold it. */
function writeUnits(
  isNegative: boolean,
  units: number,
  scale: number,
  limits: ShortDecimalLimits,
  out: ByteWriter,
): boolean {
  if (scale > limits.scale || units >= limits.bound * POWERS_OF_TEN[scale]!) {
    return false;
  }
  const fractionGroups = (scale + 3) >> 2;
  const aligned = units * POWERS_OF_TEN[fractionGroups * 4 - scale]!;
  if (aligned > Number.MAX_SAFE_INTEGER) {
    return false;
  }
  const high = Math.floor(aligned / 1e8);
  const low = aligned - high * 1e8;
  groups[0] = high / 10_000;
  groups[1] = high % 10_000;
  groups[2] = low / 10_000;
  groups[3] = low % 10_000;
  writeGroups(isNegative && units !== 0 ? NEGATIVE : POSITIVE, 3 - fractionGroups, scale, out);
  return true;
}

const POSITIVE = 0x0000;
const NEGATIVE = 0x4000;

/**
 * Writes the number without leading and trailing zero groups; `weight` is that of the first group.
 */
function writeGroups(sign: number, weight: number, scale: number, out: ByteWriter): void {
  let first = 0;
  let end = 4;
  while (end > 0 && groups[end - 1] === 0) {
    end--;
  }
  while (first < end && groups[first] === 0) {
    first++;
  }
  const firstWeight = end === 0 ? 0 : weight - first;
  out.int32(((end - first) << 16) | (firstWeight & 0xffff));
  out.int32((sign << 16) | scale);
  for (let i = first; i < end; i++) {
    out.int16(groups[i]!);
  }
}
