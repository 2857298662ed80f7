/** The types of columns that texts can have, as in CREATE TABLE. */
export type TextType =
  | "boolean"
  | "bigint"
  | "numeric"
  | "double precision"
  | "date"
  | "timestamp"
  | "timestamptz"
  | "uuid"
  | "text";

const BOOLEAN = /^(?:t|f|true|false|True|False|TRUE|FALSE)$/;
/** A number that begins with 0, such as a postal code, is a text: `007` would be stored as 7. */
const INTEGER = /^-?(?:0|[1-9]\d*)$/;
const DECIMAL = /^-?(?:0|[1-9]\d*)?\.\d+$/;
const WITH_EXPONENT = /^-?(?:0|[1-9]\d*)?(?:\.\d+)?[eE][+-]?\d{1,3}$/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DATE_TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?)?$/;

const MOST_INT8 = 2n ** 63n - 1n;
/** Longer numbers are texts: numeric has limits, and nobody computes with them. */
const MOST_DIGITS = 1000;

/** The narrowest type that keeps a text as it is. */
export function textTypeOf(text: string): TextType {
  const first = text.charCodeAt(0);
  // Most texts are none of the others.
  if (first > 0x66 && first !== 0x74) {
    return "text";
  }
  if (text.length <= MOST_DIGITS) {
    if (INTEGER.test(text)) {
      return isInt8(text) ? "bigint" : "numeric";
    }
    if (DECIMAL.test(text)) {
      return "numeric";
    }
    if (WITH_EXPONENT.test(text)) {
      return "double precision";
    }
  }
  if (BOOLEAN.test(text)) {
    return "boolean";
  }
  return UUID.test(text) ? "uuid" : dateTypeOf(text);
}

function isInt8(text: string): boolean {
  if (text.length < 19) {
    return true;
  }
  const value = BigInt(text);
  return value <= MOST_INT8 && value >= -MOST_INT8 - 1n;
}

/** Digits that every double keeps (DBL_DIG of C), and the most that one is written with (DBL_DECIMAL_DIG). */
const KEPT_DIGITS = 15;
const MOST_WRITTEN_DIGITS = 17;

/**
 * Whether double precision does for a number: it keeps it exactly, or the number has an exponent, because
 * something wrote it that had a double.
 */
export function isForDouble(text: string): boolean {
  if (!/e/i.test(text)) {
    return hasDigits(text, KEPT_DIGITS);
  }
  const value = Number(text);
  const isInRange = Number.isFinite(value) && (value !== 0 || !/[1-9].*e/i.test(text));
  return isInRange && hasDigits(text, MOST_WRITTEN_DIGITS);
}

/** Whether a number has at most so many significant digits. */
function hasDigits(text: string, most: number): boolean {
  const digits = text.replace(/e.*/i, "").replace(/[-.]/g, "").replace(/^0+/, "");
  return digits.length <= most;
}

function dateTypeOf(text: string): TextType {
  const match = DATE_TIME.exec(text);
  if (match === null || !isDay(Number(match[1]), Number(match[2]), Number(match[3]))) {
    return "text";
  }
  return text.length === 10 ? "date" : match[4] === undefined ? "timestamp" : "timestamptz";
}

/** There is no year 0 in PostgreSQL. */
function isDay(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return year > 0 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
