import { columnType, type ColumnType } from "../column-type.js";
import { readUint32, readUint64, writeUint32, writeUint64 } from "./unsigned.js";

/** `xid`: an integer of 0 to 4294967295, or its decimal digits in a string. A number comes back. */
export const xid: ColumnType<number | string> = columnType("xid", {
  encode: writeUint32,
  decode: readUint32,
});

/** `cid`: an integer of 0 to 4294967295, or its decimal digits in a string. A number comes back. */
export const cid: ColumnType<number | string> = columnType("cid", {
  encode: writeUint32,
  decode: readUint32,
});

/**
 * `xid8`: a `bigint` of 0 to 2^64 - 1, a `number` that is a safe integer, or its decimal digits in a
 * string. A `bigint` comes back.
 */
export const xid8: ColumnType<bigint | number | string> = columnType("xid8", {
  encode: writeUint64,
  decode: readUint64,
});
