import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { integerOfDigits, NO_INTEGER } from "./digits.js";
import { integerText } from "./integer-text.js";

/** `smallint`: a 16-bit integer `number`, or its decimal digits in a string. */
export const int2: ColumnType<number> = columnType("int2", {
  sql: "smallint",
  encode(value, out) {
    if (typeof value === "number" && (value << 16) >> 16 === value) {
      out.int16(value);
    } else {
      out.int16(integerWithin(-32_768, 32_767, value));
    }
  },
  encodeUtf8(bytes, start, end, out) {
    const value = integerOfDigits(bytes, start, end);
    if ((value << 16) >> 16 !== value) {
      return false;
    }
    out.int16(value);
    return true;
  },
  decode: (input) => input.int16(),
});

/** `integer`: a 32-bit integer `number`, or its decimal digits in a string. */
export const int4: ColumnType<number> = columnType("int4", {
  sql: "integer",
  encode(value, out) {
    if (typeof value === "number" && (value | 0) === value) {
      out.int32(value);
    } else {
      out.int32(integerWithin(-2_147_483_648, 2_147_483_647, value));
    }
  },
  encodeUtf8(bytes, start, end, out) {
    const value = integerOfDigits(bytes, start, end);
    if ((value | 0) !== value) {
      return false;
    }
    out.int32(value);
    return true;
  },
  decode: (input) => input.int32(),
});

/**
 * `bigint`: a 64-bit `bigint`, a `number` that is a safe integer, or decimal digits in a string.
 */
export const int8: ColumnType<bigint | number> = columnType("int8", {
  sql: "bigint",
  encode: writeInt64,
  encodeUtf8(bytes, start, end, out) {
    const value = integerOfDigits(bytes, start, end);
    if (value === NO_INTEGER) {
      return false;
    }
    out.safeInteger(value);
    return true;
  },
  decode: (input) => input.int64(),
});

/**
 * Writes a 64-bit `bigint`, a safe integer or decimal digits, or throws the error for any other
 * value.
 */
export function writeInt64(value: bigint | number, out: ByteWriter): void {
  if (typeof value === "number" ? Number.isSafeInteger(value) : isInt64(value)) {
    out.int64(value);
  } else {
    out.int64(int64Of(value));
  }
}

function isInt64(value: unknown): value is bigint {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

/** The integer for a value that did not pass the fast check, or the error. */
function integerWithin(least: number, most: number, value: unknown): number {
  if (typeof value !== "string" && !Number.isInteger(value)) {
    throw wrongKind("an integer", value);
  }
  const integer = typeof value === "string" ? Number(integerText(value)) : (value as number);
  if (integer < least || integer > most) {
    throw new RangeError(`${describeValue(value)} is out of range (${least} to ${most})`);
  }
  return integer;
}

/** The integer for a value that did not pass the fast check, or the error. */
function int64Of(value: unknown): bigint | number {
  if (typeof value === "string") {
    return parseInt64(value);
  }
  if (typeof value === "bigint") {
    throw outOfInt64(value);
  }
  if (Number.isInteger(value)) {
    throw new RangeError(`${describeValue(value)} is not a safe integer: pass a bigint`);
  }
  throw wrongKind("an integer or a bigint", value);
}

function parseInt64(text: string): bigint | number {
  const digits = integerText(text);
  const number = Number(digits);
  if (Number.isSafeInteger(number)) {
    return number;
  }
  // The range first: to read very many digits exactly takes quadratic time.
  const integer = Math.abs(number) <= 2 ** 63 ? BigInt(digits) : undefined;
  if (!isInt64(integer)) {
    throw outOfInt64(text);
  }
  return integer;
}

function outOfInt64(value: bigint | string): Error {
  return new RangeError(`${describeValue(value)} is out of range for a 64-bit integer`);
}
