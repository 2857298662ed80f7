import type { RowCodec } from "./row-codec.js";

/** Rows that are encoded, each with a position. */
export interface EncodedTuples {
  /** What they were encoded for: an admission. */
  readonly owner: object;
  /** They were written with it. */
  readonly codec: RowCodec<unknown>;
  readonly tuples: Buffer;
  /** Where each tuple ends. */
  readonly ends: Uint32Array;
  /** Those of the rows, in ascending order. */
  readonly positions: Float64Array;
}

/** Those without the first ones. */
export function skipTuples(rows: EncodedTuples, count: number): EncodedTuples {
  if (count === 0) {
    return rows;
  }
  const start = rows.ends[count - 1]!;
  return {
    owner: rows.owner,
    codec: rows.codec,
    tuples: rows.tuples.subarray(start),
    ends: rows.ends.subarray(count).map((end) => end - start),
    positions: rows.positions.subarray(count),
  };
}
