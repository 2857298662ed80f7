import type { ByteWriter } from "../bytes/byte-writer.js";
import { columnType, type ColumnType } from "./column-type.js";
import { describeValue, wrongKind } from "./describe-value.js";

const UUID_BYTES = 16;
const HYPHEN = 45;
/** The value of each ASCII hex digit by its character code, -1 for all else. */
const HEX_VALUES: Int8Array = hexValues();

/**
 * `uuid`: a string in any form that PostgreSQL reads: upper or lower case, in braces or not, a
 * hyphen after any group of four digits or none (`string_to_uuid` in
 * src/backend/utils/adt/uuid.c).
 */
export const uuid: ColumnType<string> = columnType("uuid", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    const inBraces = value.startsWith("{") && value.endsWith("}");
    const end = inBraces ? value.length - 1 : value.length;
    if (writeHexPairs(value, inBraces ? 1 : 0, out) !== end) {
      throw notAUuid(value);
    }
  },
  decode(input) {
    const hex = input.bytes(UUID_BYTES).toString("hex");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
});

/** Writes 16 bytes from the digits at `position` and returns where they end. */
function writeHexPairs(value: string, position: number, out: ByteWriter): number {
  let at = position;
  for (let i = 0; i < UUID_BYTES; i++) {
    const high = hexValue(value, at);
    const low = hexValue(value, at + 1);
    if ((high | low) < 0) {
      throw notAUuid(value);
    }
    out.int8((high << 4) | low);
    at += 2;
    const mayBeHyphen = i % 2 === 1 && i < UUID_BYTES - 1;
    if (mayBeHyphen && value.charCodeAt(at) === HYPHEN) {
      at++;
    }
  }
  return at;
}

function hexValue(value: string, at: number): number {
  // Past the end charCodeAt gives NaN, beyond ASCII the table has nothing: both are no digit.
  return HEX_VALUES[value.charCodeAt(at)] ?? -1;
}

function hexValues(): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (const digit of "0123456789abcdefABCDEF") {
    values[digit.charCodeAt(0)] = Number.parseInt(digit, 16);
  }
  return values;
}

function notAUuid(value: string): Error {
  return new RangeError(`${describeValue(value)} is not a uuid`);
}
