import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import type { Codec } from "../codec.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { LimitError } from "../limit-error.js";
import { trimSpace } from "../text-form/space.js";
import { writeShortDecimal, writeShortText, type ShortDecimalLimits } from "./short-decimal.js";

/**
 * A decimal number: a string such as `"-12.50"` or `"1e-7"`, a `bigint`, or a `number`, which
 * stands for the shortest decimal that JavaScript prints for it (0.1 is 0.1). `NaN` is a value too,
 * and so are the infinities if the column has no precision (PostgreSQL 14 and later).
 */
export type Numeric = string | number | bigint;

/**
 * `numeric(precision, scale)`, or `numeric` without limits for `numeric()`. A value with more
 * digits than the column stores is an error, because it would be rounded.
 *
 * @throws RangeError for a precision or scale that PostgreSQL does not accept.
 * @example
 * table("prices", { price: numeric(10, 2), raw: numeric() });
 */
export function numeric(precision?: number, scale = 0): ColumnType<Numeric> {
  if (precision === undefined && scale === 0) {
    return columnType("numeric()", { sql: "numeric", ...numericCodec(undefined) });
  }
  checkModifiers(precision, scale);
  return columnType(`numeric(${precision}, ${scale})`, {
    sql: `numeric(${precision},${scale})`,
    ...numericCodec({ precision, scale }),
  });
}

interface Limits {
  readonly precision: number;
  readonly scale: number;
}

/** Digits, the most significant first; the last `scale` of them are decimal places. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly scale: number;
}

/** `NUMERIC_MAX_PRECISION`, `NUMERIC_MIN_SCALE`, `NUMERIC_MAX_SCALE` in src/include/utils/numeric.h. */
const MAX_PRECISION = 1000;
/**
 * The digits before the decimal point, and `NUMERIC_DSCALE_MAX` after it, that the format can hold.
 */
const MAX_INTEGER_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;

/** Sign words of the binary format (src/backend/utils/adt/numeric.c). */
const POSITIVE = 0x0000;
const NEGATIVE = 0x4000;
const SPECIAL_SIGNS: ReadonlyMap<string, number> = new Map([
  ["NaN", 0xc000],
  ["Infinity", 0xd000],
  ["-Infinity", 0xf000],
]);

/** A digit of the format is a group of four decimal digits, aligned at the decimal point. */
const GROUP = 4;
const ZERO = 48;

function checkModifiers(precision: number | undefined, scale: number): asserts precision is number {
  if (
    precision === undefined ||
    !Number.isInteger(precision) ||
    precision < 1 ||
    precision > MAX_PRECISION
  ) {
    throw new RangeError(`numeric(precision) takes 1 to ${MAX_PRECISION}, got ${precision}`);
  }
  if (!Number.isInteger(scale) || Math.abs(scale) > MAX_PRECISION) {
    throw new RangeError(`numeric(, scale) takes -1000 to 1000, got ${scale}`);
  }
}

function numericCodec(limits: Limits | undefined): Codec<Numeric> {
  const shortLimits = shortDecimalLimits(limits);
  return {
    encode(value, out) {
      if (writeShortDecimal(value, shortLimits, out)) {
        return;
      }
      const literal = decimalText(value);
      const decimal = parseDecimal(literal);
      if (decimal === undefined) {
        writeSpecial(literal, limits, out);
      } else {
        writeDecimal(fit(decimal, limits), out);
      }
    },
    encodeUtf8: (bytes, start, end, out) => writeShortText(bytes, start, end, shortLimits, out),
    decode: readNumeric,
  };
}

function shortDecimalLimits(limits: Limits | undefined): ShortDecimalLimits {
  if (limits === undefined) {
    return { bound: Infinity, scale: MAX_FRACTION_DIGITS };
  }
  const { precision, scale } = limits;
  // Columns for multiples of a power of ten, or for numbers below 0.1, are rare: none are short.
  const isUsual = scale >= 0 && scale <= precision;
  return { bound: isUsual ? 10 ** (precision - scale) : 0, scale };
}

function decimalText(value: Numeric): string {
  switch (typeof value) {
    case "string":
      return trimSpace(value);
    case "number":
    case "bigint":
      return String(value);
    default:
      throw wrongKind("a number, a bigint or a decimal string", value);
  }
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,9}))?$/;

function parseDecimal(literal: string): Decimal | undefined {
  const match = DECIMAL.exec(literal);
  const [, sign = "", integer = "", fraction = "", exponent = "0"] = match ?? [];
  const written = integer + fraction;
  if (written === "") {
    return undefined;
  }
  const digits = written.slice(countLeadingZeros(written));
  const scale = fraction.length - Number(exponent);
  return { negative: sign === "-" && digits !== "", digits, scale };
}

function writeSpecial(literal: string, limits: Limits | undefined, out: ByteWriter): void {
  const sign = SPECIAL_SIGNS.get(literal);
  if (sign === undefined) {
    throw new RangeError(`${describeValue(literal)} is not a valid decimal number`);
  }
  if (limits !== undefined && literal !== "NaN") {
    throw new LimitError("a numeric with a precision cannot store an infinity");
  }
  writeHeader(out, 0, 0, sign, 0);
}

function countLeadingZeros(digits: string): number {
  let count = 0;
  while (digits.charCodeAt(count) === ZERO) {
    count++;
  }
  return count;
}

/** A loop, because a regular expression takes quadratic time if there are many other zeros. */
function countTrailingZeros(digits: string): number {
  let count = 0;
  while (digits.charCodeAt(digits.length - 1 - count) === ZERO) {
    count++;
  }
  return count;
}

/** The decimal with the scale of the column, or the error if the column cannot store it exactly. */
function fit(decimal: Decimal, limits: Limits | undefined): Decimal {
  const { negative, digits } = decimal;
  const scale = clamp(decimal.scale, maxScale(limits));
  if (digits === "") {
    return { negative, digits, scale };
  }
  checkSize(digits.length - decimal.scale, limits);
  checkFraction(decimal.scale - countTrailingZeros(digits), limits);
  if (scale === decimal.scale) {
    return decimal;
  }
  const kept = digits.length - decimal.scale + scale;
  return { negative, digits: digits.slice(0, kept).padEnd(kept, "0"), scale };
}

function clamp(scale: number, most: number): number {
  return Math.max(0, Math.min(scale, most));
}

function maxScale(limits: Limits | undefined): number {
  return limits === undefined ? MAX_FRACTION_DIGITS : Math.max(0, limits.scale);
}

function checkSize(integerDigits: number, limits: Limits | undefined): void {
  const most = limits ? limits.precision - limits.scale : MAX_INTEGER_DIGITS;
  if (integerDigits > most) {
    throw new LimitError(`the absolute value is out of range: it must be less than 1e${most}`);
  }
}

/** @param fractionDigits the number of decimal places, negative for a multiple of a power of ten */
function checkFraction(fractionDigits: number, limits: Limits | undefined): void {
  const most = limits ? limits.scale : MAX_FRACTION_DIGITS;
  if (fractionDigits > most) {
    throw new LimitError(
      most < 0
        ? `the number is not a multiple of 1e${-most}`
        : `the number has more than ${most} decimal places`,
    );
  }
}

/** Writes digits that were cut or padded, so that `scale` is not negative. */
function writeDecimal({ negative, digits, scale }: Decimal, out: ByteWriter): void {
  const integerDigits = digits.length - scale;
  const leading = Math.ceil(integerDigits / GROUP);
  const start = integerDigits - leading * GROUP;
  let first = start;
  let end = start + Math.ceil((digits.length - start) / GROUP) * GROUP;
  while (first < end && groupAt(digits, first) === 0) {
    first += GROUP;
  }
  while (end > first && groupAt(digits, end - GROUP) === 0) {
    end -= GROUP;
  }
  const groups = (end - first) / GROUP;
  const weight = groups === 0 ? 0 : leading - 1 - (first - start) / GROUP;
  writeHeader(out, groups, weight, negative ? NEGATIVE : POSITIVE, scale);
  for (let at = first; at < end; at += GROUP) {
    out.int16(groupAt(digits, at));
  }
}

/** The value of four digits; before and after the text there are zeros. */
function groupAt(digits: string, at: number): number {
  let value = 0;
  for (let i = at; i < at + GROUP; i++) {
    const digit = digits.charCodeAt(i) - ZERO;
    value = value * 10 + (digit >= 0 ? digit : 0);
  }
  return value;
}

function writeHeader(
  out: ByteWriter,
  groups: number,
  weight: number,
  sign: number,
  scale: number,
): void {
  out.int16(groups);
  out.int16(weight);
  out.int16(sign);
  out.int16(scale);
}

function readNumeric(input: ByteReader): string {
  const groups = input.uint16();
  const weight = input.int16();
  const sign = input.uint16();
  const scale = input.uint16();
  for (const [name, special] of SPECIAL_SIGNS) {
    if (sign === special) {
      return name;
    }
  }
  let digits = "";
  for (let i = 0; i < groups; i++) {
    digits += String(input.int16()).padStart(GROUP, "0");
  }
  const number = placePoint(digits, (weight + 1) * GROUP, scale);
  return sign === NEGATIVE ? `-${number}` : number;
}

/** The decimal text of digits, the first `integerDigits` of which are before the decimal point. */
function placePoint(digits: string, integerDigits: number, scale: number): string {
  const integer = digits.slice(0, Math.max(0, integerDigits)).padEnd(integerDigits, "0");
  const zeros = "0".repeat(Math.max(0, -integerDigits));
  const fraction = (zeros + digits.slice(Math.max(0, integerDigits))).padEnd(scale, "0");
  const whole = integer.replace(/^0+(?=\d)/, "") || "0";
  return scale === 0 ? whole : `${whole}.${fraction.slice(0, scale)}`;
}
