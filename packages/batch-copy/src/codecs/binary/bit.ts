import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { LimitError } from "../limit-error.js";

/** `MaxAttrSize * BITS_PER_BYTE`, the limit of `anybit_typmodin`. */
const MAX_LENGTH = 83_886_080;
const ZERO = 48;
const BITS_OF_BYTE: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(2).padStart(8, "0"),
);

/**
 * `bit(length)`: a string of exactly `length` characters 0 or 1 (src/backend/utils/adt/varbit.c).
 * Without a length it is the type of any length that SQL writes as `"bit"`, in quotes; `bit` in SQL
 * means `bit(1)`.
 *
 * @throws RangeError for a length that PostgreSQL does not accept.
 * @example
 * table("flags", { weekdays: bit(7) });
 */
export function bit(length?: number): ColumnType<string> {
  if (length === undefined) {
    return columnType("bit()", { sql: '"bit"', encode: writeBits, decode: readBits });
  }
  checkLength("bit", length);
  return columnType(`bit(${length})`, {
    sql: `bit(${length})`,
    encode(value, out) {
      writeBits(value, out);
      if (value.length !== length) {
        throw new LimitError(`the string has ${value.length} bits, expected ${length}`);
      }
    },
    decode: readBits,
  });
}

/**
 * `bit varying(length)`: a string of at most `length` characters 0 or 1; `varbit()` has no limit.
 *
 * @throws RangeError for a length that PostgreSQL does not accept.
 */
export function varbit(length?: number): ColumnType<string> {
  if (length === undefined) {
    return columnType("varbit()", { sql: "bit varying", encode: writeBits, decode: readBits });
  }
  checkLength("varbit", length);
  return columnType(`varbit(${length})`, {
    sql: `bit varying(${length})`,
    encode(value, out) {
      writeBits(value, out);
      if (value.length > length) {
        throw new LimitError(`the string has ${value.length} bits, more than ${length}`);
      }
    },
    decode: readBits,
  });
}

function checkLength(type: string, length: number): void {
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH) {
    throw new RangeError(`${type}(length) takes 1 to ${MAX_LENGTH}, got ${length}`);
  }
}

/** The number of bits, then the bits, most significant first, padded with zeros. */
function writeBits(value: string, out: ByteWriter): void {
  if (typeof value !== "string") {
    throw wrongKind("a bit string", value);
  }
  const { length } = value;
  out.int32(length);
  let byte = 0;
  for (let i = 0; i < length; i++) {
    const digit = value.charCodeAt(i) - ZERO;
    if (digit !== 0 && digit !== 1) {
      throw new RangeError(`${describeValue(value)} is not a valid bit string`);
    }
    byte = (byte << 1) | digit;
    if ((i & 7) === 7) {
      out.int8(byte);
      byte = 0;
    }
  }
  if ((length & 7) !== 0) {
    out.int8(byte << (8 - (length & 7)));
  }
}

function readBits(input: ByteReader): string {
  const length = input.int32();
  let bits = "";
  for (const byte of input.bytes()) {
    bits += BITS_OF_BYTE[byte] ?? "";
  }
  return bits.slice(0, length);
}
