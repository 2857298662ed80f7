import { InsertWaiters } from "./insert-waiters.js";
import type { Page } from "./page.js";
import type { RowCodec } from "./row-codec.js";
import type { BatchUnits } from "./units.js";

/** Encoded rows that one transaction writes. */
export class Batch {
  /** Batches are numbered in the order in which they were opened. */
  readonly sequence: number;
  /** Its rows were written with it. */
  codec: RowCodec<unknown>;
  rows = 0;
  bytes = 0;
  /** Empty until the batch is closed. */
  pages: readonly Page[] = [];
  readonly inserts: InsertWaiters = new InsertWaiters();
  /** Undefined if none of its rows belongs to a source. */
  units: BatchUnits | undefined;

  /** How many rows have a fate: those in its pages, and those that are invalid. */
  get rowsToSettle(): number {
    return this.rows + (this.units?.invalidRows ?? 0);
  }

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.rows === 0 && this.units === undefined;
  }

  /** The CopyData messages as they go to the socket. */
  get messages(): Buffer[] {
    return this.pages.map((page) => page.message);
  }

  constructor(sequence: number, codec: RowCodec<unknown>) {
    this.sequence = sequence;
    this.codec = codec;
  }
}
