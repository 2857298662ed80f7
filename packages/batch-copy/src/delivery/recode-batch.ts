import type { Batch } from "../batch/batch.js";
import { PagePool } from "../batch/page-pool.js";
import { PageWriter } from "../batch/page-writer.js";
import type { RowCodec } from "../batch/row-codec.js";
import { BatchRows } from "./batch-rows.js";

/**
 * Writes the rows of a batch again, with another codec. The bytes that the batch counts for in the buffer
 * stay the same. Rows that are already settled are read from the former pages, so those are not reused.
 *
 * @throws EncodeError for the first row that cannot be written with it; the batch is then as before.
 */
export function recodeBatch(batch: Batch, codec: RowCodec<unknown>): void {
  const rows = new BatchRows(batch);
  const writer = new PageWriter(new PagePool());
  for (let row = 0; row < batch.rows; row++) {
    codec.encode(rows.row(row), writer);
    writer.endTuple();
  }
  batch.pages = writer.takePages(1);
  batch.codec = codec;
}
