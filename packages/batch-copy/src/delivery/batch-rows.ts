import type { Batch } from "../batch/batch.js";
import { endOfTuple } from "../batch/end-of-tuple.js";
import { Page } from "../batch/page.js";
import type { RowCodec } from "../batch/row-codec.js";
import { ByteReader } from "../bytes/byte-reader.js";
import type { Slice } from "../copy/copy-writer.js";
import { fieldsOf } from "../copy/row-fields.js";
import type { ReadableRows } from "./readable-rows.js";

/**
 * Where each row begins in a batch's pages, found by walking over the lengths of the fields. Only
 * batches that have failed need it.
 */
export class BatchRows implements ReadableRows {
  readonly #pages: readonly Page[];
  readonly #codec: RowCodec<unknown>;
  /** The number of each page's first row, and at the end the number of rows. */
  readonly #firstRows: number[] = [];
  /** Where each row begins in the bytes of its page; the last row ends where those end. */
  readonly #starts: Uint32Array;

  constructor({ pages, rows, codec }: Batch) {
    this.#pages = pages;
    this.#codec = codec;
    this.#starts = new Uint32Array(rows);
    let row = 0;
    for (const { tuples } of pages) {
      this.#firstRows.push(row);
      for (let start = 0; start < tuples.length; start = endOfTuple(tuples, start)) {
        this.#starts[row++] = start;
      }
    }
    this.#firstRows.push(row);
  }

  /** The row, decoded. */
  row(row: number): object {
    const index = this.#pageOf(row);
    const { tuples } = this.#pages[index]!;
    const tuple = new ByteReader(tuples, this.#starts[row], this.#endOf(row, index));
    return this.#codec.decode(tuple) as object;
  }

  fields(row: number): (Buffer | null)[] {
    return fieldsOf(this.tuple(row));
  }

  /** The bytes of the row. */
  tuple(row: number): Buffer {
    const index = this.#pageOf(row);
    return this.#pages[index]!.tuples.subarray(this.#starts[row], this.#endOf(row, index));
  }

  /** The rows from `from` to before `to`, to be sent by themselves; the bytes are not copied. */
  slice(from: number, to: number): Slice {
    const messages: Buffer[] = [];
    let bytes = 0;
    let row = from;
    for (let index = this.#pageOf(from); row < to; index++) {
      const last = Math.min(to, this.#firstRows[index + 1]!) - 1;
      const { tuples } = this.#pages[index]!;
      const part = tuples.subarray(this.#starts[row], this.#endOf(last, index));
      messages.push(Page.headerOf(part.length), part);
      bytes += part.length;
      row = last + 1;
    }
    return { rows: to - from, bytes, messages };
  }

  #endOf(row: number, index: number): number {
    const isLast = row + 1 === this.#firstRows[index + 1];
    return isLast ? this.#pages[index]!.tuples.length : this.#starts[row + 1]!;
  }

  /** By halving: a batch of small rows has a page for some thousand of them. */
  #pageOf(row: number): number {
    let low = 0;
    let high = this.#pages.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#firstRows[middle]! <= row) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
