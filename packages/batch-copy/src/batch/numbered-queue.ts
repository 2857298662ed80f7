import { BatchQueue } from "./batch-queue.js";
import type { InsertWaiters } from "./insert-waiters.js";
import { NumberedUnits, type UnfitRow } from "./numbered-units.js";
import type { RowCodec } from "./row-codec.js";
import type { UnitSource } from "./units.js";

/** Rows of one source that are encoded, with numbers that follow each other. */
export interface NumberedRows {
  readonly source: UnitSource;
  /** They were written with it. */
  readonly codec: RowCodec<unknown>;
  readonly firstNumber: number;
  /** How many there are; not those that are unfit. */
  readonly rows: number;
  /** Rows between them that cannot be encoded. */
  readonly unfit?: readonly UnfitRow[] | undefined;
  readonly bytes: number;
  /** Whole tuples in each. */
  readonly tuples: Iterable<Buffer>;
  /** The callers that wait for them, by their places here. */
  readonly inserts: InsertWaiters | undefined;
}

/** Gathers rows of sources that number them into batches. A batch has rows of one source. */
export class NumberedQueue<Row> extends BatchQueue<Row> {
  #units: NumberedUnits | undefined;

  /** Appends the next rows of a source. */
  append(added: NumberedRows): void {
    const { source, codec, firstNumber, rows, bytes, tuples, inserts, unfit } = added;
    const isOther = this.#units?.source !== source || this.open.codec !== codec;
    if (isOther && !this.open.isEmpty) {
      this.closeBatch();
    }
    const batch = this.open;
    if (batch.isEmpty) {
      this.#units = new NumberedUnits(source, firstNumber);
      batch.units = this.#units;
      batch.codec = codec;
    }
    for (const part of tuples) {
      this.writer.bytes(part);
      this.writer.endTuple();
    }
    let isDue = false;
    for (const [place, waiter] of inserts?.entries() ?? []) {
      const number = firstNumber + place;
      const before = unfit?.filter((one) => one.number <= number) ?? [];
      if (before.at(-1)?.number === number) {
        waiter.reject(before.at(-1)!.row.error);
      } else {
        batch.inserts.add(batch.rows + place - before.length, waiter);
        isDue = true;
      }
    }
    batch.rows += rows;
    batch.bytes += bytes;
    this.#units!.add(rows, unfit);
    this.closeOrWait(isDue);
  }
}
