import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { codeAt, type TextSource } from "../text-form/code-at.js";
import { hexDigit } from "../text-form/hex-digit.js";

const UUID_BYTES = 16;
const CANONICAL_LENGTH = 36;
const HYPHEN = 45;

/**
 * `uuid`: a string in any form that PostgreSQL reads (`string_to_uuid` in
 * src/backend/utils/adt/uuid.c): in upper or lower case, with or without braces, with or without a
 * hyphen after any group of four digits.
 */
export const uuid: ColumnType<string> = columnType("uuid", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    if (writeCanonical(value, 0, value.length, out)) {
      return;
    }
    const inBraces = value.startsWith("{") && value.endsWith("}");
    const end = inBraces ? value.length - 1 : value.length;
    if (writeHexPairs(value, inBraces ? 1 : 0, out) !== end) {
      throw notAUuid(value);
    }
  },
  encodeUtf8: writeCanonical,
  decode(input) {
    const hex = input.bytes(UUID_BYTES).toString("hex");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
});

/** Writes `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`, or returns false for any other text. */
function writeCanonical(value: TextSource, start: number, end: number, out: ByteWriter): boolean {
  if (end - start !== CANONICAL_LENGTH) {
    return false;
  }
  const hyphens =
    (codeAt(value, start + 8) ^ HYPHEN) |
    (codeAt(value, start + 13) ^ HYPHEN) |
    (codeAt(value, start + 18) ^ HYPHEN) |
    (codeAt(value, start + 23) ^ HYPHEN);
  const a = hexGroup(value, start);
  const b = hexGroup(value, start + 4);
  const c = hexGroup(value, start + 9);
  const d = hexGroup(value, start + 14);
  const e = hexGroup(value, start + 19);
  const f = hexGroup(value, start + 24);
  const g = hexGroup(value, start + 28);
  const h = hexGroup(value, start + 32);
  if (hyphens !== 0 || (a | b | c | d | e | f | g | h) < 0) {
    return false;
  }
  out.int32((a << 16) | b);
  out.int32((c << 16) | d);
  out.int32((e << 16) | f);
  out.int32((g << 16) | h);
  return true;
}

/** The 16 bits of four hex digits, or a negative number. */
function hexGroup(value: TextSource, at: number): number {
  return (
    (hexDigit(value, at) << 12) |
    (hexDigit(value, at + 1) << 8) |
    (hexDigit(value, at + 2) << 4) |
    hexDigit(value, at + 3)
  );
}

/** Writes 16 bytes from the digits at `position`, and returns the position after them. */
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
  return new RangeError(`${describeValue(value)} is not a valid UUID`);
}
