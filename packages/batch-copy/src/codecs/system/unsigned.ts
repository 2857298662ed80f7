import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { trimSpace } from "../text-form/space.js";

/**
 * Decimal digits as PostgreSQL prints them. The meaning of a leading zero depends on the type and
 * the version: `'010'::xid` is 8, `'010'::oid` is 10 in PostgreSQL 15 and 8 in 18.
 */
const DIGITS = /^(?:0|[1-9]\d{0,19})$/;

/** Writes an integer from 0 to 2^32 - 1: a `number`, or its decimal digits. */
export function writeUint32(value: number | string, out: ByteWriter): void {
  out.int32(uint32(value));
}

/** Four bytes, unsigned. */
export function readUint32(input: ByteReader): number {
  return input.int32() >>> 0;
}

/** An integer from 0 to 2^32 - 1 from a `number` or decimal digits. */
function uint32(value: number | string): number {
  const number = typeof value === "string" ? Number(checkedDigits(trimSpace(value))) : value;
  if (typeof number === "number" && number >>> 0 === number) {
    return number;
  }
  if (!Number.isInteger(number)) {
    throw wrongKind("an integer", value);
  }
  throw new RangeError(`${number} is out of range (0 to 4294967295)`);
}

/** Writes an integer from 0 to 2^64 - 1: a `bigint`, a safe integer, or decimal digits. */
export function writeUint64(value: bigint | number | string, out: ByteWriter): void {
  if (typeof value === "number") {
    out.int64(safeUint(value));
  } else {
    out.int64(uint64(typeof value === "string" ? trimSpace(value) : value));
  }
}

/** An integer from 0 to 2^64 - 1 from a `bigint` or decimal digits. */
export function uint64(value: bigint | string): bigint {
  const number = typeof value === "string" ? BigInt(checkedDigits(value)) : value;
  if (typeof number !== "bigint") {
    throw wrongKind("an integer or a bigint", value);
  }
  if (BigInt.asUintN(64, number) !== number) {
    throw outOfUint64(number);
  }
  return number;
}

/** Eight bytes, unsigned. */
export function readUint64(input: ByteReader): bigint {
  return BigInt.asUintN(64, input.int64());
}

function checkedDigits(text: string): string {
  if (!DIGITS.test(text)) {
    throw new RangeError(`${describeValue(text)} is not a valid unsigned integer`);
  }
  return text;
}

function safeUint(value: number): number {
  if (!Number.isInteger(value)) {
    throw wrongKind("an integer or a bigint", value);
  }
  if (value < 0) {
    throw outOfUint64(value);
  }
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`${value} is not a safe integer: pass a bigint`);
  }
  return value;
}

function outOfUint64(value: bigint | number): Error {
  return new RangeError(`${describeValue(value)} is out of range (0 to 2^64 - 1)`);
}
