import type { ByteWriter } from "../bytes/byte-writer.js";
import { columnType, type ColumnType } from "./column-type.js";
import { wrongKind } from "./describe-value.js";

/** `text`: a string without U+0000 and without lone surrogates. */
export const text: ColumnType<string> = columnType("text", {
  encode: writeText,
  decode: (input) => input.text(),
});

/** The longest `varchar`: `MaxAttrSize` in src/include/access/htup_details.h. */
const MAX_VARCHAR = 10_485_760;

/**
 * `character varying(length)`: as {@link text}, with at most `length` characters (code points);
 * `varchar()` is without a limit.
 *
 * @throws RangeError for a length that PostgreSQL does not take.
 * @example
 * table("users", { name: varchar(255) });
 */
export function varchar(length?: number): ColumnType<string> {
  if (length === undefined) {
    return columnType("varchar()", {
      sql: "character varying",
      encode: writeText,
      decode: (input) => input.text(),
    });
  }
  if (!Number.isInteger(length) || length < 1 || length > MAX_VARCHAR) {
    throw new RangeError(`varchar(length) takes 1 to ${MAX_VARCHAR}, got ${length}`);
  }
  return columnType(`varchar(${length})`, {
    sql: `character varying(${length})`,
    encode(value, out) {
      if (typeof value === "string" && value.length > length && isLonger(value, length)) {
        throw new RangeError(`the string has more than the ${length} characters that fit`);
      }
      writeText(value, out);
    },
    decode: (input) => input.text(),
  });
}

function writeText(value: string, out: ByteWriter): void {
  if (typeof value !== "string") {
    throw wrongKind("a string", value);
  }
  out.text(value);
}

/** Whether the string has more code points; no more of it is looked at than that takes. */
function isLonger(value: string, length: number): boolean {
  let left = length;
  for (const _ of value) {
    if (left-- === 0) {
      return true;
    }
  }
  return false;
}
