import { isFloat32Array, isFloat64Array } from "node:util/types";

import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { columnType, type ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { LimitError } from "../limit-error.js";
import { parseFloat32 } from "../number/float-text.js";
import { TextScanner } from "../text-form/text-scanner.js";
import { fromHalfBits, isHalfInfinity, toHalfBits } from "./half-float.js";

/** A vector of pgvector: its elements, or its text form, `"[1,2,3]"`. */
export type Vector = readonly number[] | Float32Array | Float64Array | string;

/** The differences between the types: the name, and the binary format of an element. */
interface ElementFormat {
  readonly type: string;
  write(element: number, out: ByteWriter): void;
  read(input: ByteReader): number;
}

/** `VECTOR_MAX_DIM` in src/vector.h and `HALFVEC_MAX_DIM` in src/halfvec.h of pgvector. */
const MAX_DIMENSIONS = 16_000;

const singlePrecision: ElementFormat = {
  type: "vector",
  write(element, out) {
    out.float32(checkedElement(element));
  },
  read: (input) => input.float32(),
};

const halfPrecision: ElementFormat = {
  type: "halfvec",
  write(element, out) {
    const bits = toHalfBits(checkedElement(element));
    if (isHalfInfinity(bits)) {
      throw new RangeError(`${element} is out of range for half precision`);
    }
    out.int16(bits);
  },
  read: (input) => fromHalfBits(input.uint16()),
};

/**
 * `vector(dimensions)` of pgvector, or `vector` with any number of dimensions, 1 to 16000, for
 * `vector()`: an array of numbers, a `Float32Array`, a `Float64Array`, or text, `"[1,2,3]"`. As
 * pgvector does, it rounds each number to single precision, and a very small number to zero. NaN,
 * infinities and numbers out of range are errors. Decodes to an array.
 *
 * @throws RangeError for a number of dimensions that pgvector does not accept.
 * @example
 * table("documents", { id: int8, embedding: vector(1536) });
 */
export function vector(dimensions?: number): ColumnType<Vector> {
  return vectorType(singlePrecision, dimensions);
}

/**
 * `halfvec(dimensions)` of pgvector: as {@link vector}, but each number is rounded to half
 * precision (ties to even), whose range is ±65504.
 *
 * @throws RangeError for a number of dimensions that pgvector does not accept.
 */
export function halfvec(dimensions?: number): ColumnType<Vector> {
  return vectorType(halfPrecision, dimensions);
}

function vectorType(format: ElementFormat, dimensions: number | undefined): ColumnType<Vector> {
  const { type } = format;
  if (dimensions !== undefined && !isVectorLength(dimensions)) {
    throw new RangeError(`${type}(dimensions) takes 1 to ${MAX_DIMENSIONS}, got ${dimensions}`);
  }
  return columnType<Vector>(dimensions === undefined ? `${type}()` : `${type}(${dimensions})`, {
    hasArrayValues: true,
    sql: dimensions === undefined ? type : `${type}(${dimensions})`,
    encode(value, out) {
      writeVector(elementsOf(value, type), format, dimensions, out);
    },
    decode: (input) => readVector(input, format),
  });
}

function writeVector(
  elements: ArrayLike<number>,
  format: ElementFormat,
  dimensions: number | undefined,
  out: ByteWriter,
): void {
  const { length } = elements;
  if (dimensions !== undefined && length !== dimensions) {
    throw new LimitError(`the vector has ${length} dimensions, expected ${dimensions}`);
  }
  if (!isVectorLength(length)) {
    throw new RangeError(
      `a ${format.type} must have 1 to ${MAX_DIMENSIONS} dimensions, got ${length}`,
    );
  }
  out.int16(length);
  out.int16(0);
  for (let i = 0; i < length; i++) {
    format.write(elements[i]!, out);
  }
}

function readVector(input: ByteReader, format: ElementFormat): number[] {
  const length = input.int16();
  input.int16();
  const elements: number[] = [];
  for (let i = 0; i < length; i++) {
    elements.push(format.read(input));
  }
  return elements;
}

function isVectorLength(length: number): boolean {
  return Number.isInteger(length) && length >= 1 && length <= MAX_DIMENSIONS;
}

function elementsOf(value: Vector, type: string): ArrayLike<number> {
  if (typeof value === "string") {
    return parseVector(value, type);
  }
  if (Array.isArray(value) || isFloat32Array(value) || isFloat64Array(value)) {
    return value;
  }
  throw wrongKind("an array of numbers, a Float32Array or a string", value);
}

function parseVector(text: string, type: string): number[] {
  const scanner = new TextScanner(text, type);
  const elements: number[] = [];
  scanner.expect("[");
  if (scanner.next !== "]") {
    do {
      elements.push(parseFloat32(scanner.number()));
    } while (scanner.take(","));
  }
  scanner.expect("]");
  scanner.expectEnd();
  return elements;
}

/** The element rounded to single precision, or the error. */
export function checkedElement(element: number): number {
  if (typeof element !== "number") {
    throw wrongKind("a number as an element", element);
  }
  const rounded = Math.fround(element);
  if (!Number.isFinite(rounded)) {
    throw new RangeError(
      Number.isFinite(element)
        ? `${element} is out of range for single precision`
        : `a vector cannot store ${element}`,
    );
  }
  return rounded;
}
