import type { ByteWriter } from "../bytes/byte-writer.js";
import { columnType, type ColumnType } from "./column-type.js";
import { describeValue, wrongKind } from "./describe-value.js";

/** `smallint`: an integer `number` of 16 bits. */
export const int2: ColumnType<number> = columnType("int2", {
  sql: "smallint",
  encode(value, out) {
    if (typeof value !== "number" || (value << 16) >> 16 !== value) {
      throw notAnInteger(value, "-32768 to 32767");
    }
    out.int16(value);
  },
  decode: (input) => input.int16(),
});

/** `integer`: an integer `number` of 32 bits. */
export const int4: ColumnType<number> = columnType("int4", {
  sql: "integer",
  encode(value, out) {
    if (typeof value !== "number" || (value | 0) !== value) {
      throw notAnInteger(value, "-2147483648 to 2147483647");
    }
    out.int32(value);
  },
  decode: (input) => input.int32(),
});

/** `bigint`: a `bigint` of 64 bits, or a `number` that is a safe integer. */
export const int8: ColumnType<bigint | number> = columnType("int8", {
  sql: "bigint",
  encode: writeInt64,
  decode: (input) => input.int64(),
});

/** Writes a `bigint` of 64 bits or a safe integer, or throws why it is neither. */
export function writeInt64(value: bigint | number, out: ByteWriter): void {
  if (typeof value === "number" ? !Number.isSafeInteger(value) : !isInt64(value)) {
    throw notSafe(value);
  }
  out.int64(value);
}

function isInt64(value: bigint): boolean {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

function notAnInteger(value: unknown, range: string): Error {
  if (typeof value === "number" && Number.isInteger(value)) {
    return new RangeError(`${value} is out of range, which is ${range}`);
  }
  return wrongKind("an integer number", value);
}

function notSafe(value: unknown): Error {
  if (typeof value === "bigint") {
    return new RangeError(`${describeValue(value)} is out of range, which is 64 bits`);
  }
  if (typeof value === "number" && Number.isInteger(value)) {
    return new RangeError(`${value} is not a safe integer, pass a bigint`);
  }
  return wrongKind("a bigint or an integer number", value);
}
