import type { ColumnType } from "../codecs/column-type.js";
import { arrayOf, type ArrayValue, type ShapedArray } from "../codecs/container/array.js";
import { withCodec } from "./with-codec.js";

type Nested = readonly unknown[];

/**
 * An array of so many dimensions. `arrayOf` counts them in the value, except where the elements may
 * be JavaScript arrays themselves; Drizzle's definition always tells.
 */
export function nestedArrayOf(
  element: ColumnType<unknown>,
  dimensions: number,
): ColumnType<unknown> {
  const array = arrayOf(element) as ColumnType<unknown>;
  if (dimensions === 1 || !element.hasArrayValues) {
    return array;
  }
  return withCodec(array, true, (codec) => ({
    encode: (value, out) => codec.encode(shaped(value, dimensions), out),
    decode: (input) => nested(codec.decode(input) as ArrayValue<unknown>),
  }));
}

function shaped(value: unknown, dimensions: number): unknown {
  const sizes: number[] = [];
  let level = value;
  for (let depth = 0; depth < dimensions && Array.isArray(level); depth++) {
    sizes.push(level.length);
    level = level[0];
  }
  // Less deep, or empty: arrayOf knows what to do with it, or what to say.
  return sizes.length < dimensions
    ? value
    : { elements: flattened(value, sizes), dimensions: sizes };
}

function flattened(level: unknown, [size, ...inner]: readonly number[]): Nested {
  if (!Array.isArray(level) || level.length !== size) {
    throw new RangeError("nested arrays must have the same length and depth");
  }
  return inner.length === 0 ? level : level.flatMap((item) => flattened(item, inner));
}

function nested(value: ArrayValue<unknown>): unknown {
  return Array.isArray(value) ? value : nest(value as ShapedArray<unknown>);
}

function nest({ elements, dimensions }: ShapedArray<unknown>): Nested {
  return dimensions.slice(1).reduceRight<Nested>(chunks, elements);
}

function chunks(items: Nested, size: number): Nested {
  return Array.from({ length: items.length / size }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
