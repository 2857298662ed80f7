import { endOfTuple } from "../batch/end-of-tuple.js";

/** The tuples without the first ones. */
export function cutTuples(tuples: Buffer, count: number): Buffer {
  let start = 0;
  for (let skipped = 0; skipped < count; skipped++) {
    start = endOfTuple(tuples, start);
  }
  return tuples.subarray(start);
}
