import type { ByteReader } from "../../bytes/byte-reader.js";
import type { ByteWriter } from "../../bytes/byte-writer.js";
import { readField, textEncoder, writeField, type Codec, type Encoder } from "../codec.js";
import { ColumnType } from "../column-type.js";
import { wrongKind } from "../describe-value.js";
import { baseTypeOf } from "../type-description.js";
import { readArrayHeader } from "./array-header.js";
import { MAX_DIMENSIONS, parseArray } from "./array-text.js";

/** An array of arrays, nested to any depth: the dimensions of a PostgreSQL array. */
export type NestedArray<Value> = readonly (Value | null | NestedArray<Value>)[];

/**
 * An array with its shape: the elements in row-major order, the size and the lower bound of each
 * dimension.
 */
export interface ShapedArray<Value> {
  readonly elements: readonly (Value | null)[];
  readonly dimensions: readonly number[];
  /** The index of the first element of each dimension. @default 1 for each */
  readonly lowerBounds?: readonly number[];
}

/** The value of an array column; a string is the server's text form of an array. */
export type ArrayValue<Value> = NestedArray<Value> | ShapedArray<Value> | string;

/** `MaxArraySize` in src/include/utils/array.h, for the smallest element. */
const MAX_ELEMENTS = 134_217_727;

/**
 * An array of `element`: a JavaScript array, nested for more dimensions, with null for NULL; or `{
 * elements, dimensions, lowerBounds }`, which several dimensions require if the elements may be
 * JavaScript arrays themselves (`polygon`, `json`); or the server's text form: `"{1,NULL}"`,
 * `"[0:1]={1,2}"`, except for `json` and `jsonb`.
 *
 * @example
 * table("posts", { tags: arrayOf(text), grid: arrayOf(int4) }); // grid: [[1, 2], [3, null]]
 */
export function arrayOf<Value>(element: ColumnType<Value, boolean>): ColumnType<ArrayValue<Value>> {
  return new ColumnType(
    {
      name: `arrayOf(${element.name})`,
      sql: `${element.sql}[]`,
      ddl: element.ddl,
      hasArrayValues: true,
      shape: { kind: "array", parts: { element } },
      codecFor(type) {
        const { element: elementType, delimiter = "," } = baseTypeOf(type);
        const codec = element.codecFor(elementType!);
        return arrayCodec(codec, elementType!.oid, element.hasArrayValues, delimiter);
      },
    },
    false,
  );
}

function arrayCodec<Value>(
  element: Codec<Value>,
  elementOid: number,
  isFlat: boolean,
  delimiter: string,
): Codec<ArrayValue<Value>> {
  const textElement = textEncoder(element);
  const writeText = (text: string, out: ByteWriter): void =>
    writeArray(checkedShape(parseArray(text, delimiter)), textElement, elementOid, out);
  return {
    encode(value, out) {
      if (typeof value === "string") {
        writeText(value, out);
        return;
      }
      const shaped = Array.isArray(value)
        ? shapeOf<Value>(value, isFlat)
        : checkedShape(value as ShapedArray<Value>);
      writeArray(shaped, element, elementOid, out);
    },
    decode: (input) => readArray(input, element, isFlat),
  };
}

/** The layout of `array_recv` in src/backend/utils/adt/arrayfuncs.c. */
function writeArray<Value>(
  { elements, dimensions, lowerBounds }: ShapedArray<Value>,
  element: Encoder<Value>,
  elementOid: number,
  out: ByteWriter,
): void {
  const dimensionCount = elements.length === 0 ? 0 : dimensions.length;
  out.int32(dimensionCount);
  out.int32(elements.includes(null) ? 1 : 0);
  out.int32(elementOid);
  for (let i = 0; i < dimensionCount; i++) {
    out.int32(dimensions[i]!);
    out.int32(lowerBounds?.[i] ?? 1);
  }
  for (const value of elements) {
    writeField(element, value, out);
  }
}

function shapeOf<Value>(value: NestedArray<Value>, isFlat: boolean): ShapedArray<Value> {
  if (isFlat || !Array.isArray(value[0])) {
    const elements = value as readonly (Value | null)[];
    for (const item of elements) {
      if (item === undefined || (!isFlat && Array.isArray(item))) {
        throw unevenArray(item);
      }
    }
    return { elements, dimensions: [elements.length] };
  }
  const dimensions = dimensionsOf(value);
  const elements: (Value | null)[] = [];
  flatten(value, dimensions, 0, elements);
  return { elements, dimensions };
}

function dimensionsOf(value: NestedArray<unknown>): number[] {
  const dimensions: number[] = [];
  for (let level: unknown = value; Array.isArray(level); level = level[0]) {
    dimensions.push(level.length);
    if (dimensions.length > MAX_DIMENSIONS) {
      throw new RangeError(`an array has at most ${MAX_DIMENSIONS} dimensions`);
    }
  }
  return dimensions;
}

function flatten<Value>(
  level: NestedArray<Value>,
  dimensions: readonly number[],
  depth: number,
  elements: (Value | null)[],
): void {
  if (!Array.isArray(level) || level.length !== dimensions[depth]) {
    throw unevenArray(level);
  }
  const isInnermost = depth === dimensions.length - 1;
  for (const item of level) {
    if (!isInnermost) {
      flatten(item as NestedArray<Value>, dimensions, depth + 1, elements);
    } else if (item === undefined || Array.isArray(item)) {
      throw unevenArray(item);
    } else {
      elements.push(item as Value | null);
    }
  }
}

function unevenArray(item: unknown): Error {
  return item === undefined
    ? new TypeError("an element is undefined: pass null for NULL")
    : new RangeError("nested arrays must have the same length and depth");
}

function checkedShape<Value>(value: ShapedArray<Value>): ShapedArray<Value> {
  const { elements, dimensions, lowerBounds } = value as Partial<ShapedArray<Value>>;
  if (!Array.isArray(elements) || !Array.isArray(dimensions)) {
    throw wrongKind("an array, { elements, dimensions, lowerBounds } or a string", value);
  }
  if (dimensions.length > MAX_DIMENSIONS || !dimensions.every(isSize)) {
    throw new RangeError(
      `dimensions must be at most ${MAX_DIMENSIONS} sizes, got [${dimensions.join()}]`,
    );
  }
  if (elements.length !== (dimensions.length === 0 ? 0 : dimensions.reduce((a, b) => a * b, 1))) {
    throw new RangeError(
      `${elements.length} elements do not match the dimensions [${dimensions.join()}]`,
    );
  }
  if (elements.includes(undefined)) {
    throw unevenArray(undefined);
  }
  if (lowerBounds !== undefined && !areBounds(lowerBounds, dimensions)) {
    throw new RangeError(
      `lowerBounds must have one 32-bit integer for each dimension, got [${lowerBounds.join()}]`,
    );
  }
  return value;
}

function isSize(size: number): boolean {
  return Number.isInteger(size) && size >= 0 && size <= MAX_ELEMENTS;
}

/** The upper bounds must be int4 as well. */
function areBounds(lowerBounds: readonly number[], dimensions: readonly number[]): boolean {
  const areIntegers = lowerBounds.every((bound, i) => {
    return (bound | 0) === bound && bound + dimensions[i]! <= 2 ** 31 - 1;
  });
  return lowerBounds.length === dimensions.length && areIntegers;
}

function readArray<Value>(
  input: ByteReader,
  element: Codec<Value>,
  isFlat: boolean,
): ArrayValue<Value> {
  const { dimensions, lowerBounds, count } = readArrayHeader(input);
  const elements = Array.from({ length: count }, () => readField(element, input));
  if ((isFlat && dimensions.length > 1) || lowerBounds.some((bound) => bound !== 1)) {
    return { elements, dimensions, lowerBounds };
  }
  return nest(elements, dimensions.slice(1));
}

/** Splits the elements into arrays of the inner dimensions. */
function nest<Value>(
  elements: readonly (Value | null)[],
  inner: readonly number[],
): NestedArray<Value> {
  if (inner.length === 0) {
    return elements;
  }
  const size = inner.reduce((a, b) => a * b, 1);
  return Array.from({ length: elements.length / size }, (_, i) =>
    nest(elements.slice(i * size, (i + 1) * size), inner.slice(1)),
  );
}
