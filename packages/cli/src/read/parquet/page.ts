import { deltaBinaryUnpack, deltaByteArray, deltaLengthByteArray } from "hyparquet/src/delta.js";
import { byteStreamSplit } from "hyparquet/src/encoding.js";
import { readPlain } from "hyparquet/src/plain.js";
import type { DecodedArray, Encoding } from "hyparquet/src/types.js";

import { readHybrid } from "./hybrid.js";
import type { LeafNode } from "./schema.js";

/** The values that a chunk of a column refers to by numbers. */
export interface Dictionary {
  readonly values: DecodedArray;
  /** What the values become, for those that have been used. */
  readonly converted: unknown[];
}

/** A decoded page of a column. An entry is a value, or a NULL or an empty list in its place. */
export interface Page {
  readonly entries: number;
  /** The levels of each entry, if the column has any. */
  readonly definitions: Uint8Array | undefined;
  readonly repetitions: Uint8Array | undefined;
  /** The values, or their numbers in the dictionary. */
  readonly values: DecodedArray;
  readonly dictionary: Dictionary | undefined;
}

/** Where in the bytes of a page its parts are. */
export interface PageLayout {
  readonly entries: number;
  readonly encoding: Encoding;
  /** How many entries have no value, if the header says so. */
  readonly nulls: number | undefined;
  /** The lengths of the levels, if the header has them. */
  readonly repetitionBytes: number | undefined;
  readonly definitionBytes: number | undefined;
}

/** Decodes a page whose bytes have been decompressed. */
export function decodePage(
  bytes: Uint8Array,
  { entries, encoding, nulls, repetitionBytes, definitionBytes }: PageLayout,
  leaf: LeafNode,
  dictionary: Dictionary | undefined,
): Page {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const reader = { view, offset: 0 };
  const readLevels = (most: number, length: number | undefined): Uint8Array | undefined => {
    if (most === 0) {
      reader.offset += length ?? 0;
      return undefined;
    }
    const start = length === undefined ? reader.offset + 4 : reader.offset;
    const end = start + (length ?? view.getUint32(reader.offset, true));
    if (end > bytes.length) {
      throw new Error("a page ends within its levels");
    }
    const levels = new Uint8Array(entries);
    readHybrid(bytes, start, end, 32 - Math.clz32(most), levels);
    reader.offset = end;
    return levels;
  };
  const repetitions = readLevels(leaf.repetition, repetitionBytes);
  const definitions = readLevels(leaf.definition, definitionBytes);
  const count = definitions === undefined ? entries : countOf(definitions, leaf.definition);
  if (nulls !== undefined && entries - count !== nulls) {
    throw new Error("a page has another number of NULLs than its header says");
  }
  const isNumbered = encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY";
  if (isNumbered && dictionary === undefined) {
    throw new Error("a page refers to a dictionary that is not there");
  }
  const values = isNumbered
    ? readNumbers(bytes, reader.offset, count)
    : readValues(reader, encoding, count, leaf);
  return {
    entries,
    definitions,
    repetitions,
    values,
    dictionary: isNumbered ? dictionary : undefined,
  };
}

/** Reads values that are one after the other. */
export function readPlainValues(
  reader: { view: DataView; offset: number },
  count: number,
  { element }: LeafNode,
): DecodedArray {
  const values = readPlain(reader, element.type!, count, element.type_length);
  // Arrays and strings are views of the buffer, in which other pages may follow.
  if (reader.offset > reader.view.byteLength) {
    throw new Error("a page ends within its values");
  }
  return values;
}

function readNumbers(bytes: Uint8Array, at: number, count: number): Int32Array {
  const numbers = new Int32Array(count);
  if (count > 0) {
    readHybrid(bytes, at + 1, bytes.length, bytes[at] ?? 33, numbers);
  }
  return numbers;
}

function readValues(
  reader: { view: DataView; offset: number },
  encoding: Encoding,
  count: number,
  leaf: LeafNode,
): DecodedArray {
  const { type, type_length } = leaf.element;
  if (count === 0) {
    return [];
  }
  switch (encoding) {
    case "PLAIN":
      return readPlainValues(reader, count, leaf);
    case "RLE":
      return readBooleans(reader, count);
    case "BYTE_STREAM_SPLIT":
      return byteStreamSplit(reader, count, type!, type_length);
    case "DELTA_BINARY_PACKED": {
      const integers = type === "INT32" ? new Int32Array(count) : new BigInt64Array(count);
      deltaBinaryUnpack(reader, count, integers);
      return integers;
    }
    case "DELTA_LENGTH_BYTE_ARRAY":
    case "DELTA_BYTE_ARRAY": {
      const strings: Uint8Array[] = [];
      const read = encoding === "DELTA_BYTE_ARRAY" ? deltaByteArray : deltaLengthByteArray;
      read(reader, count, strings);
      if (reader.offset > reader.view.byteLength) {
        throw new Error("a page ends within its values");
      }
      return strings;
    }
    default:
      throw new Error(`the encoding ${encoding} is not supported`);
  }
}

function readBooleans(
  { view, offset }: { view: DataView; offset: number },
  count: number,
): boolean[] {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const bits = new Uint8Array(count);
  const start = offset + 4;
  readHybrid(bytes, start, Math.min(start + view.getUint32(offset, true), bytes.length), 1, bits);
  return Array.from(bits, (bit) => bit === 1);
}

function countOf(levels: Uint8Array, level: number): number {
  let count = 0;
  for (let i = 0; i < levels.length; i++) {
    if (levels[i] === level) {
      count++;
    }
  }
  return count;
}
