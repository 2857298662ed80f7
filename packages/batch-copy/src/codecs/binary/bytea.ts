import { isUint8Array } from "node:util/types";

import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";

/**
 * `bytea`: any `Uint8Array`, such as a `Buffer`, whose bytes are copied when the row is sent; or
 * the hex format that PostgreSQL prints, `"\\x00ff"`. Any other string is an error, because its
 * meaning is not clear.
 */
export const bytea: ColumnType<Uint8Array> = columnType("bytea", {
  encode(value, out) {
    out.bytes(isUint8Array(value) ? value : bytesOf(value));
  },
  decode: (input) => input.bytes(),
});

function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== "string") {
    throw wrongKind("a Uint8Array", value);
  }
  const digits = value.startsWith("\\x") ? value.slice(2) : undefined;
  const bytes = Buffer.from(digits ?? "", "hex");
  // Buffer.from silently stops at the first character that is not a digit.
  if (digits === undefined || bytes.length * 2 !== digits.length) {
    throw new RangeError(`${describeValue(value)} is not a valid bytea literal, such as "\\x00ff"`);
  }
  return bytes;
}
