import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { readUint32, uint64 } from "./unsigned.js";

const LSN = /^([\da-f]{1,8})\/([\da-f]{1,8})$/i;

/**
 * `pg_lsn`, a position in the write-ahead log: a string such as `"16/B374D848"`, whose halves are
 * hexadecimal (`pg_lsn_in_internal` in src/backend/utils/adt/pg_lsn.c), or the byte position as a
 * `bigint` from 0 to 2^64 - 1. Decodes to the string.
 */
export const pg_lsn: ColumnType<bigint | string> = columnType("pg_lsn", {
  encode(value, out) {
    if (typeof value === "bigint") {
      out.int64(uint64(value));
      return;
    }
    if (typeof value !== "string") {
      throw wrongKind('a string such as "16/B374D848" or a bigint', value);
    }
    const [, high, low] = LSN.exec(value) ?? [];
    if (high === undefined || low === undefined) {
      throw new RangeError(`${describeValue(value)} is not a valid LSN, such as "16/B374D848"`);
    }
    out.int32(Number.parseInt(high, 16));
    out.int32(Number.parseInt(low, 16));
  },
  decode(input) {
    const high = readUint32(input);
    const low = readUint32(input);
    return `${high.toString(16)}/${low.toString(16)}`.toUpperCase();
  },
});
