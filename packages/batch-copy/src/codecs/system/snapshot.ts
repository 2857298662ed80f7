import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { readUint64, uint64 } from "./unsigned.js";

/**
 * `pg_snapshot`: a string such as `"10:20:10,14,15"`: xmin, xmax, and in ascending order the
 * transactions in progress from xmin to xmax - 1 (`parse_snapshot` in
 * src/backend/utils/adt/xid8funcs.c). A transaction that occurs twice is an error.
 */
export const pg_snapshot: ColumnType<string> = columnType("pg_snapshot", {
  encode: writeSnapshot,
  decode: readSnapshot,
});

/** `txid_snapshot`: the same as {@link pg_snapshot}, which replaces it. */
export const txid_snapshot: ColumnType<string> = columnType("txid_snapshot", {
  encode: writeSnapshot,
  decode: readSnapshot,
});

function writeSnapshot(value: string, out: ByteWriter): void {
  if (typeof value !== "string") {
    throw wrongKind("a string", value);
  }
  const [first = "", second = "", list, more] = value.split(":", 4);
  if (list === undefined || more !== undefined) {
    throw new RangeError(`${describeValue(value)} is not a valid snapshot, such as "10:20:10,14"`);
  }
  const xmin = uint64(first);
  const xmax = uint64(second);
  if (xmin === 0n || xmin > xmax) {
    throw new RangeError(`${describeValue(value)} must have an xmin from 1 to its xmax`);
  }
  const running = list === "" ? [] : list.split(",");
  out.int32(running.length);
  out.int64(xmin);
  out.int64(xmax);
  let least = xmin;
  for (const digits of running) {
    const xid = uint64(digits);
    if (xid < least || xid >= xmax) {
      throw new RangeError(
        `${describeValue(value)} has the transaction ${xid} out of order or out of bounds`,
      );
    }
    out.int64(xid);
    least = xid + 1n;
  }
}

function readSnapshot(input: ByteReader): string {
  const count = input.int32();
  const xmin = readUint64(input);
  const xmax = readUint64(input);
  const running = Array.from({ length: count }, () => readUint64(input));
  return `${xmin}:${xmax}:${running.join(",")}`;
}
