import { BatchQueue } from "./batch-queue.js";
import type { NumberedRows } from "./numbered-rows.js";
import { NumberedUnits } from "./numbered-units.js";
import { splitRows } from "./split-rows.js";

/** Gathers rows of sources that number them into batches. A batch has rows of one source. */
export class NumberedQueue<Row> extends BatchQueue<Row> {
  #units: NumberedUnits | undefined;

  /** Appends the next rows of a source, as many to a batch as it may have. */
  append(added: NumberedRows): void {
    let rest: NumberedRows | undefined = added;
    while (rest !== undefined) {
      const isSame = this.#units?.source === rest.source && this.open.codec === rest.codec;
      const room: number = this.limits.maxBatchRows - (isSame ? this.open.rows : 0);
      const [first, others]: NumberedRows[] = splitRows(rest, room);
      this.#append(first!);
      rest = others;
    }
  }

  #append(added: NumberedRows): void {
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
