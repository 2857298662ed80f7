import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { isPlainObject } from "../record.js";
import { compareCodePoints } from "../text-form/code-point-order.js";
import { checkWordSize, quoteWord, WordReader } from "./word-reader.js";

/** The position of a word in a document, with its weight unless that is D: `3`, `"3A"`. */
export type TsvectorPosition = number | `${number}${"A" | "B" | "C" | "D"}`;

/**
 * The server's text form, or an object with an array of positions for each word: `{ fat: [2, "4A"],
 * rat: [] }`.
 */
export type Tsvector = string | Readonly<Record<string, readonly TsvectorPosition[]>>;

/** `MAXENTRYPOS - 1`, `MAXNUMPOS` and `MAXSTRPOS` of src/include/tsearch/ts_type.h. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS = 256;
const MAX_BYTES = 1_048_575;

/** The low 14 bits are the position, the two bits above are the weight: D, C, B, A. */
const POSITION_MASK = 0x3fff;
const WEIGHT_SHIFT = 14;
const WEIGHT_NAMES = ["", "C", "B", "A"];

const COLON = 58;
const COMMA = 44;

/**
 * `tsvector`: the server's text form, `"a:1A,2B 'two words':3"`, or an object with an array of
 * positions for each word. As the server does (`tsvectorin` in src/backend/utils/adt/tsvector.c),
 * it sorts the words, merges words that occur more than once, and keeps the higher of two weights
 * at one position. A position above 16383 and more than 256 positions of a word are errors, because
 * the server would change or drop them. Decodes to the text that the server prints. To parse a
 * document into words, use `to_tsvector`.
 */
export const tsvector: ColumnType<Tsvector> = columnType("tsvector", {
  encode(value, out) {
    writeLexemes(typeof value === "string" ? parseLexemes(value) : lexemesOf(value), out);
  },
  decode: printLexemes,
});

/** The positions by word, with their weights; unsorted. */
type Lexemes = Map<string, number[]>;

function parseLexemes(text: string): Lexemes {
  const reader = new WordReader(text, "tsvector");
  const lexemes: Lexemes = new Map();
  while (reader.skipSpaces()) {
    const word = reader.word();
    const positions = lexemes.get(word) ?? [];
    lexemes.set(word, positions);
    if (reader.unit === COLON) {
      readPositions(reader, positions);
    }
  }
  return lexemes;
}

/** Reads the positions after the colon; whitespace or the end must follow. */
function readPositions(reader: WordReader, positions: number[]): void {
  do {
    reader.position++;
    positions.push(readPosition(reader));
  } while (reader.unit === COMMA);
  const end = reader.position;
  if (reader.skipSpaces() && reader.position === end) {
    throw reader.error("a comma or a space is missing");
  }
}

function readPosition(reader: WordReader): number {
  const from = reader.position;
  let position = 0;
  while (reader.unit >= 48 && reader.unit <= 57) {
    position = position * 10 + reader.unit - 48;
    reader.position++;
  }
  if (reader.position === from) {
    throw reader.error("a position is missing");
  }
  const weight = weightOf(reader.unit);
  if (weight !== undefined) {
    reader.position++;
  }
  return checkedPosition(position) | ((weight ?? 0) << WEIGHT_SHIFT);
}

/** Of a letter, or of `*`, which means A. */
function weightOf(unit: number): number | undefined {
  switch (unit) {
    case 42: // *
    case 65: // A
    case 97:
      return 3;
    case 66:
    case 98:
      return 2;
    case 67:
    case 99:
      return 1;
    case 68:
    case 100:
      return 0;
    default:
      return undefined;
  }
}

function checkedPosition(position: number): number {
  if (!Number.isInteger(position) || position < 1 || position > MAX_POSITION) {
    throw new RangeError(`the position ${position} is out of range (1 to ${MAX_POSITION})`);
  }
  return position;
}

function lexemesOf(value: Exclude<Tsvector, string>): Lexemes {
  if (!isPlainObject(value)) {
    throw wrongKind("a tsvector string or an object with arrays of positions", value);
  }
  const lexemes: Lexemes = new Map();
  for (const [word, positions] of Object.entries(value)) {
    if (word === "") {
      throw new RangeError("tsvector cannot store an empty word");
    }
    if (!Array.isArray(positions)) {
      throw wrongKind(`an array of positions for ${describeValue(word)}`, positions);
    }
    checkWordSize(word);
    lexemes.set(word, positions.map(positionOf));
  }
  return lexemes;
}

function positionOf(position: unknown): number {
  if (typeof position === "number") {
    return checkedPosition(position);
  }
  if (typeof position !== "string") {
    throw wrongKind('a position such as 3 or "3A"', position);
  }
  const reader = new WordReader(position, "tsvector");
  const packed = readPosition(reader);
  if (reader.position < position.length) {
    throw wrongKind('a position such as 3 or "3A"', position);
  }
  return packed;
}

/** Sorts words and positions; `tsvectorrecv` would sort only the words. */
function writeLexemes(lexemes: Lexemes, out: ByteWriter): void {
  let bytes = 0;
  out.int32(lexemes.size);
  for (const word of [...lexemes.keys()].toSorted(compareCodePoints)) {
    const positions = mergePositions(lexemes.get(word) ?? []);
    out.text(word);
    out.int8(0);
    out.int16(positions.length);
    for (const position of positions) {
      out.int16(position);
    }
    bytes += storedBytes(Buffer.byteLength(word), positions.length, bytes);
  }
  if (bytes > MAX_BYTES) {
    throw new RangeError(`the tsvector has ${bytes} bytes of words, more than ${MAX_BYTES}`);
  }
}

/** The size of a word at `offset` in the server's memory (`uniqueentry` in tsvector.c). */
function storedBytes(wordBytes: number, positions: number, offset: number): number {
  if (positions === 0) {
    return wordBytes;
  }
  const padding = (offset + wordBytes) % 2;
  return wordBytes + padding + 2 + positions * 2;
}

function mergePositions(positions: number[]): number[] {
  const sorted = positions.toSorted((a, b) => (a & POSITION_MASK) - (b & POSITION_MASK) || b - a);
  const merged = sorted.filter(
    (position, i) => i === 0 || ((position ^ (sorted[i - 1] ?? 0)) & POSITION_MASK) !== 0,
  );
  if (merged.length > MAX_POSITIONS) {
    throw new RangeError(`a word has ${merged.length} positions, more than ${MAX_POSITIONS}`);
  }
  return merged;
}

function printLexemes(input: ByteReader): string {
  const words = input.int32();
  let text = "";
  for (let i = 0; i < words; i++) {
    text += (i === 0 ? "" : " ") + quoteWord(input.cstring());
    const positions = input.uint16();
    for (let n = 0; n < positions; n++) {
      const position = input.uint16();
      text += (n === 0 ? ":" : ",") + String(position & POSITION_MASK);
      text += WEIGHT_NAMES[position >> WEIGHT_SHIFT] ?? "";
    }
  }
  return text;
}
