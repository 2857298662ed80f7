import type { RowCodec } from "./row-codec.js";

/** Memory that encoded rows are in, and which their encoder uses again. */
export interface LentMemory {
  /** Whether other rows may be in it by now. */
  isReused: boolean;
}

/** Rows that are encoded, each with a position. */
export interface EncodedTuples {
  readonly memory: LentMemory;
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

/** @throws Error if other rows may be in the memory by now */
export function checkLent(memory: LentMemory | undefined): void {
  if (memory?.isReused === true) {
    throw new Error(
      "the encoder was given another row before these rows were accepted: wait for sendEncoded() first",
    );
  }
}

/** The first tuple from `from` to before `to` that ends after `end`; `to` if there is none. */
export function firstBeyond(
  ends: ArrayLike<number>,
  end: number,
  from: number,
  to: number,
): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! <= end) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** Those without the first ones. */
export function skipTuples(rows: EncodedTuples, count: number): EncodedTuples {
  if (count === 0) {
    return rows;
  }
  const start = rows.ends[count - 1]!;
  return {
    ...rows,
    tuples: rows.tuples.subarray(start),
    ends: rows.ends.subarray(count).map((end) => end - start),
    positions: rows.positions.subarray(count),
  };
}
