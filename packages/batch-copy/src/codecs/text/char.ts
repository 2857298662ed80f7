import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { checkCharacters, checkLength, writeText } from "./text.js";

/**
 * `character(length)`: as `text`, but at most `length` characters (code points), not counting
 * trailing spaces. Trailing spaces are not part of the value: the server pads the value with them
 * (`bpchar_input` in src/backend/utils/adt/varchar.c) and removes them in a cast to text. So they
 * are neither sent nor returned.
 *
 * @throws RangeError for a length that PostgreSQL does not accept.
 * @example
 * table("countries", { code: char(2) });
 */
export function char(length: number): ColumnType<string> {
  checkLength("char", length);
  return columnType(`char(${length})`, {
    sql: `character(${length})`,
    encode(value, out) {
      const trimmed = typeof value === "string" ? withoutTrailingBlanks(value) : value;
      checkCharacters(trimmed, length);
      writeText(trimmed, out);
    },
    decode: (input) => withoutTrailingBlanks(input.text()),
  });
}

/**
 * `bpchar` without a length: as `text`. The server neither adds nor removes trailing spaces, and
 * ignores them in comparisons.
 */
export const bpchar: ColumnType<string> = columnType("bpchar", {
  encode: writeText,
  decode: (input) => input.text(),
});

/**
 * `"char"`, in quotes: one byte, as in PostgreSQL's own catalogs. The value is an ASCII character,
 * `""` for the byte 0, or a backslash and three octal digits for any byte: `"\\351"`. Bytes of 128
 * and above decode to the octal form, as PostgreSQL 15 and later print them (`charout` in
 * src/backend/utils/adt/char.c); older versions print the bare byte, which is not valid UTF-8.
 */
export const charInternal: ColumnType<string> = columnType("charInternal", {
  sql: '"char"',
  encode: writeChar,
  decode(input) {
    const byte = input.int8() & 0xff;
    if (byte === 0) {
      return "";
    }
    return byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`;
  },
});

const OCTAL_BYTE = /^\\[0-3][0-7][0-7]$/;

function writeChar(value: string, out: ByteWriter): void {
  if (typeof value !== "string") {
    throw wrongKind("a single ASCII character", value);
  }
  if (value === "") {
    out.int8(0);
  } else if (value.length === 1 && value > "\0" && value < "\x80") {
    out.int8(value.charCodeAt(0));
  } else if (OCTAL_BYTE.test(value)) {
    out.int8(Number.parseInt(value.slice(1), 8));
  } else {
    throw new RangeError(`${describeValue(value)} is not a single ASCII character`);
  }
}

function withoutTrailingBlanks(value: string): string {
  let end = value.length;
  while (end > 0 && value.charCodeAt(end - 1) === 0x20) {
    end--;
  }
  return end === value.length ? value : value.slice(0, end);
}
