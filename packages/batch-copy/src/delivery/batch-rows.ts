import type { Batch } from "../batch/batch.js";
import { ByteReader } from "../bytes/byte-reader.js";

/** Reads one row from the tuple at the reader's position. */
export interface RowDecoder<Row> {
  decode(input: ByteReader): Row;
}

/** The rows of a batch, read back from its bytes. */
export function rowsOf<Row>(batch: Batch, decoder: RowDecoder<Row>): Row[] {
  const rows: Row[] = [];
  for (const page of batch.pages) {
    const reader = new ByteReader(page.tuples);
    while (reader.remaining > 0) {
      rows.push(decoder.decode(reader));
    }
  }
  return rows;
}
