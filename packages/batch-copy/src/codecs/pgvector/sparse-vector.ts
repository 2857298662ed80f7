import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { describeValue, wrongKind } from "../describe-value.js";
import { LimitError } from "../limit-error.js";
import { isUnderflow, parseFloat32 } from "../number/float-text.js";
import { isPlainObject } from "../record.js";
import { TextScanner } from "../text-form/text-scanner.js";
import { checkedElement } from "./vector.js";

/** The nonzero elements of a vector by index; indices start at 0. */
export type SparseEntries =
  | (Readonly<Record<number, number>> & { readonly [Symbol.iterator]?: never })
  | Iterable<readonly [index: number, value: number]>;

/** A vector of pgvector with few nonzero elements. */
export interface SparseVector {
  readonly dimensions: number;
  readonly entries: SparseEntries;
}

type Entry = readonly [index: number, value: number];

/** `SPARSEVEC_MAX_DIM` and `SPARSEVEC_MAX_NNZ` in src/sparsevec.h of pgvector. */
const MAX_DIMENSIONS = 1_000_000_000;
const MAX_ENTRIES = 16_000;

/**
 * `sparsevec(dimensions)` of pgvector, or `sparsevec` with any number of dimensions for
 * `sparsevec()`: `{ dimensions, entries }`, where the entries are an object, a `Map` or `[index,
 * value]` pairs in any order, with indices from 0; or pgvector's text form, `"{1:1.5,3:2}/5"`,
 * whose indices start at 1. Numbers are rounded to single precision. Zeros are left out, as
 * pgvector does, but a nonzero number that rounds to zero is an error. Decodes to `{ dimensions,
 * entries }` with pairs.
 *
 * @throws RangeError for a number of dimensions that pgvector does not accept.
 */
export function sparsevec(dimensions?: number): ColumnType<SparseVector | string> {
  if (dimensions !== undefined) {
    checkDimensions(dimensions, "sparsevec(dimensions)");
  }
  const name = dimensions === undefined ? "sparsevec()" : `sparsevec(${dimensions})`;
  return columnType<SparseVector | string>(name, {
    sql: dimensions === undefined ? "sparsevec" : name,
    encode(value, out) {
      const sparse = typeof value === "string" ? parseSparseVector(value) : value;
      checkDimensions(sparse.dimensions, "a sparsevec");
      if (dimensions !== undefined && sparse.dimensions !== dimensions) {
        throw new LimitError(
          `the vector has ${sparse.dimensions} dimensions, expected ${dimensions}`,
        );
      }
      writeSparseVector(sparse, out);
    },
    decode: readSparseVector,
  });
}

function checkDimensions(dimensions: number, what: string): void {
  if (!Number.isInteger(dimensions)) {
    throw wrongKind(`${what} with an integer number of dimensions`, dimensions);
  }
  if (dimensions < 1 || dimensions > MAX_DIMENSIONS) {
    throw new RangeError(`${what} must have 1 to ${MAX_DIMENSIONS} dimensions, got ${dimensions}`);
  }
}

function writeSparseVector({ dimensions, entries }: SparseVector, out: ByteWriter): void {
  const sorted = nonZeroEntries(entries, dimensions).toSorted(([a], [b]) => a - b);
  if (sorted.length > MAX_ENTRIES) {
    throw new RangeError(
      `a sparsevec must have at most ${MAX_ENTRIES} nonzero elements, got ${sorted.length}`,
    );
  }
  out.int32(dimensions);
  out.int32(sorted.length);
  out.int32(0);
  let previous = -1;
  for (const [index] of sorted) {
    if (index === previous) {
      throw new RangeError(`the index ${index} (counted from 0) occurs more than once`);
    }
    previous = index;
    out.int32(index);
  }
  for (const [, value] of sorted) {
    out.float32(value);
  }
}

function nonZeroEntries(entries: SparseEntries, dimensions: number): Entry[] {
  const found: Entry[] = [];
  for (const entry of pairsOf(entries)) {
    if (!Array.isArray(entry)) {
      throw wrongKind("an entry [index, value]", entry);
    }
    const [index, value] = entry as Entry;
    if (!Number.isInteger(index)) {
      throw wrongKind("an integer as an index", index);
    }
    if (index < 0 || index >= dimensions) {
      throw new RangeError(
        `the index ${index} (counted from 0) is out of range for ${dimensions} dimensions`,
      );
    }
    const rounded = checkedElement(value);
    if (rounded !== 0) {
      found.push([index, rounded]);
    } else if (value !== 0) {
      throw new RangeError(`${value} would round to zero in single precision`);
    }
  }
  return found;
}

function pairsOf(entries: SparseEntries): Iterable<Entry> {
  if (typeof entries === "object" && entries !== null && isIterable(entries)) {
    return entries;
  }
  if (!isPlainObject(entries)) {
    throw wrongKind("entries as an object, a Map or an array of pairs", entries);
  }
  return Object.entries<number>(entries).map(([key, value]) => [indexOf(key), value]);
}

function isIterable(entries: SparseEntries): entries is Iterable<Entry> {
  return Symbol.iterator in entries;
}

function indexOf(key: string): number {
  const index = Number(key);
  if (String(index) !== key) {
    throw new TypeError(`expected an integer as an index, got ${describeValue(key)}`);
  }
  return index;
}

function readSparseVector(input: ByteReader): SparseVector {
  const dimensions = input.int32();
  const count = input.int32();
  input.int32();
  const indices: number[] = [];
  for (let i = 0; i < count; i++) {
    indices.push(input.int32());
  }
  return { dimensions, entries: indices.map((index) => [index, input.float32()] as const) };
}

function parseSparseVector(text: string): SparseVector {
  const scanner = new TextScanner(text, "sparsevec");
  const entries: Entry[] = [];
  scanner.expect("{");
  if (scanner.next !== "}") {
    do {
      entries.push(parseEntry(scanner));
    } while (scanner.take(","));
  }
  scanner.expect("}");
  scanner.expect("/");
  const dimensions = parseInteger(scanner);
  scanner.expectEnd();
  return { dimensions, entries };
}

function parseEntry(scanner: TextScanner): Entry {
  const index = parseInteger(scanner) - 1;
  scanner.expect(":");
  const text = scanner.number();
  const value = parseFloat32(text);
  if (isUnderflow(value, text)) {
    throw new RangeError(`${describeValue(text)} would round to zero in single precision`);
  }
  return [index, value];
}

function parseInteger(scanner: TextScanner): number {
  const text = scanner.number();
  if (!/^[+-]?\d+$/.test(text)) {
    throw scanner.refusal();
  }
  return Number(text);
}
