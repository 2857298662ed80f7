import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { hexDigit } from "../text-form/hex-digit.js";

const COLON = 58;
const HYPHEN = 45;
const DOT = 46;

/** The bytes that were read last. Shared, to avoid garbage. */
const bytes = new Uint8Array(8);
/** A bit for each byte that is followed by a separator; the lowest bit is for the first byte. */
let separators = 0;
let separator = 0;
let hasShortByte = false;

/** Separators after every byte, after the third byte, after the second and the fourth byte. */
const EACH = 0b11111;
const HALVES = 0b00100;
const PAIRS = 0b01010;

/**
 * `macaddr`, six bytes in hexadecimal: `"08:00:2b:01:02:03"` or with hyphens (then a byte may have
 * one digit), `"08002b:010203"`, `"08002b-010203"`, `"0800.2b01.0203"`, `"0800-2b01-0203"` or
 * `"08002b010203"` (`macaddr_in` in src/backend/utils/adt/mac.c). Decodes to the first form.
 */
export const macaddr: ColumnType<string> = columnType("macaddr", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    if (readMacBytes(value) !== 6 || !isMacaddrForm()) {
      throw new RangeError(`${describeValue(value)} is not a valid MAC address of six bytes`);
    }
    writeBytes(0, 6, out);
  },
  decode: readMac,
});

/**
 * `macaddr8`, eight bytes in hexadecimal with two digits each: `"08:00:2b:01:02:03:04:05"`, with
 * colons, hyphens or dots (one kind) after any byte, or without, in upper or lower case. Six bytes
 * are extended with `ff:fe` in the middle, as PostgreSQL does (`macaddr8_in` in
 * src/backend/utils/adt/mac8.c).
 */
export const macaddr8: ColumnType<string> = columnType("macaddr8", {
  encode(value, out) {
    if (typeof value !== "string") {
      throw wrongKind("a string", value);
    }
    const count = readMacBytes(value);
    if ((count !== 6 && count !== 8) || hasShortByte) {
      throw new RangeError(
        `${describeValue(value)} is not a valid MAC address of six or eight bytes`,
      );
    }
    if (count === 6) {
      writeBytes(0, 3, out);
      out.int16(0xfffe);
      writeBytes(3, 6, out);
    } else {
      writeBytes(0, 8, out);
    }
  },
  decode: readMac,
});

/** Reads hexadecimal bytes with separators of one kind, and returns their number, or 0. */
function readMacBytes(text: string): number {
  separators = 0;
  separator = 0;
  hasShortByte = false;
  let count = 0;
  let at = 0;
  while (count < 8) {
    const first = hexDigit(text, at);
    const second = hexDigit(text, at + 1);
    if (first < 0) {
      return 0;
    }
    hasShortByte ||= second < 0;
    at += second < 0 ? 1 : 2;
    bytes[count++] = second < 0 ? first : (first << 4) | second;
    if (at === text.length) {
      return count;
    }
    const unit = text.charCodeAt(at);
    if (unit === COLON || unit === HYPHEN || unit === DOT) {
      if (separator !== 0 && unit !== separator) {
        return 0;
      }
      separator = unit;
      separators |= 1 << (count - 1);
      at++;
    }
  }
  return 0;
}

function isMacaddrForm(): boolean {
  switch (separators) {
    case EACH:
      return separator !== DOT;
    case HALVES:
      return separator !== DOT && !hasShortByte;
    case PAIRS:
      return separator !== COLON && !hasShortByte;
    default:
      return separators === 0 && !hasShortByte;
  }
}

function writeBytes(from: number, to: number, out: ByteWriter): void {
  for (let i = from; i < to; i++) {
    out.int8(bytes[i] ?? 0);
  }
}

function readMac(input: ByteReader): string {
  return input
    .bytes()
    .toString("hex")
    .replace(/..(?=.)/g, "$&:");
}
