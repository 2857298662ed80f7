import { columnType, type ColumnType } from "../column-type.js";
import { readUint32, readUint64, writeUint32, writeUint64 } from "./unsigned.js";

/**
 * `xid`: an integer from 0 to 4294967295, or its decimal digits in a string. Decodes to a number.
 */
export const xid: ColumnType<number | string> = columnType("xid", {
  encode: writeUint32,
  decode: readUint32,
});

/**
 * `cid`: an integer from 0 to 4294967295, or its decimal digits in a string. Decodes to a number.
 */
export const cid: ColumnType<number | string> = columnType("cid", {
  encode: writeUint32,
  decode: readUint32,
});

/**
 * `xid8`: a `bigint` from 0 to 2^64 - 1, a `number` that is a safe integer, or decimal digits in a
 * string. Decodes to a `bigint`.
 */
export const xid8: ColumnType<bigint | number | string> = columnType("xid8", {
  encode: writeUint64,
  decode: readUint64,
});
