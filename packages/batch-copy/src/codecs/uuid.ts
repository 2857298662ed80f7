import type { ByteWriter } from "../bytes/byte-writer.js";
import { columnType, type ColumnType } from "./column-type.js";
import { describeValue, wrongKind } from "./describe-value.js";
import { hexDigit } from "./hex-digit.js";

const UUID_BYTES = 16;
const HYPHEN = 45;

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
    const high = hexDigit(value, at);
    const low = hexDigit(value, at + 1);
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

function notAUuid(value: string): Error {
  return new RangeError(`${describeValue(value)} is not a uuid`);
}
