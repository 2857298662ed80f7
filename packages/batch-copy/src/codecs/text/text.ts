import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { LimitError } from "../limit-error.js";

/** `text`: a string without U+0000 and without lone surrogates. */
export const text: ColumnType<string> = columnType("text", {
  encode: writeText,
  encodeUtf8: writeUtf8,
  decode: (input) => input.text(),
});

/**
 * The maximum length of `varchar` and `char`: `MaxAttrSize` in src/include/access/htup_details.h.
 */
const MAX_LENGTH = 10_485_760;

/**
 * `character varying(length)`: as {@link text}, but at most `length` characters (code points);
 * `varchar()` has no limit.
 *
 * @throws RangeError for a length that PostgreSQL does not accept.
 * @example
 * table("users", { name: varchar(255) });
 */
export function varchar(length?: number): ColumnType<string> {
  if (length === undefined) {
    return columnType("varchar()", {
      sql: "character varying",
      encode: writeText,
      encodeUtf8: writeUtf8,
      decode: (input) => input.text(),
    });
  }
  checkLength("varchar", length);
  return columnType(`varchar(${length})`, {
    sql: `character varying(${length})`,
    encode(value, out) {
      checkCharacters(value, length);
      writeText(value, out);
    },
    encodeUtf8(bytes, start, end, out) {
      // Each character takes at least one byte.
      return end - start <= length && writeUtf8(bytes, start, end, out);
    },
    decode: (input) => input.text(),
  });
}

/** Writes text as it is. */
function writeUtf8(bytes: Uint8Array, start: number, end: number, out: ByteWriter): boolean {
  out.utf8(bytes, start, end);
  return true;
}

/** Throws a RangeError for a length that `varchar(length)` and `char(length)` do not accept. */
export function checkLength(type: string, length: number): void {
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH) {
    throw new RangeError(`${type}(length) takes 1 to ${MAX_LENGTH}, got ${length}`);
  }
}

/** Throws a RangeError for a string of more than `length` characters (code points). */
export function checkCharacters(value: unknown, length: number): void {
  if (typeof value === "string" && value.length > length && isLonger(value, length)) {
    throw new LimitError(`the string has more than ${length} characters`);
  }
}

/** Writes a string, or throws the error for a value that is not `text`. */
export function writeText(value: string, out: ByteWriter): void {
  if (typeof value !== "string") {
    throw wrongKind("a string", value);
  }
  out.text(value);
}

/** Whether the string has more code points. It reads no more of the string than it needs. */
function isLonger(value: string, length: number): boolean {
  let left = length;
  for (const _ of value) {
    if (left-- === 0) {
      return true;
    }
  }
  return false;
}
