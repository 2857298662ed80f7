import type { Batch } from "../batch/batch.js";
import { ByteReader } from "../bytes/byte-reader.js";

/** Reads one row from a tuple. */
export interface RowDecoder<Row> {
  decode(tuple: ByteReader): Row;
}

/** The tuples of a batch in order, found by walking over the lengths of their fields. */
export function* tuplesOf(batch: Batch): Generator<ByteReader> {
  for (const { tuples } of batch.pages) {
    for (let start = 0; start < tuples.length;) {
      const end = endOfTuple(tuples, start);
      yield new ByteReader(tuples, start, end);
      start = end;
    }
  }
}

function endOfTuple(tuples: Buffer, start: number): number {
  let end = start + 2;
  for (let fields = tuples.readInt16BE(start); fields > 0; fields--) {
    // A NULL has the length -1 and no bytes.
    end += 4 + Math.max(0, tuples.readInt32BE(end));
  }
  return end;
}
