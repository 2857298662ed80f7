import type { ByteReader } from "../../bytes/byte-reader.js";

/** What comes before the elements of an array. */
export interface ArrayHeader {
  readonly dimensions: readonly number[];
  readonly lowerBounds: readonly number[];
  /** How many elements there are. */
  readonly count: number;
}

/** Reads the layout of `array_recv` in src/backend/utils/adt/arrayfuncs.c up to the first element. */
export function readArrayHeader(input: ByteReader): ArrayHeader {
  const dimensionCount = input.int32();
  // Whether there are NULLs, and the type of the elements.
  input.int32();
  input.int32();
  const dimensions: number[] = [];
  const lowerBounds: number[] = [];
  for (let i = 0; i < dimensionCount; i++) {
    dimensions.push(input.int32());
    lowerBounds.push(input.int32());
  }
  const count = dimensionCount === 0 ? 0 : dimensions.reduce((a, b) => a * b, 1);
  return { dimensions, lowerBounds, count };
}
