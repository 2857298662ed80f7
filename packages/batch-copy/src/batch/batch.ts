import type { Page } from "./page.js";

/** Whoever waits for one row of a batch to be committed. */
export interface InsertWaiter {
  resolve(): void;
  reject(error: Error): void;
}

const NO_INSERTS: ReadonlyMap<number, InsertWaiter> = new Map();

/** Rows on their way, as bytes: what one transaction writes. */
export class Batch {
  /** Batches are numbered in the order in which they were opened. */
  readonly sequence: number;
  rows = 0;
  bytes = 0;
  /** There from the moment when the batch is closed. */
  pages: readonly Page[] = [];
  /** Waiters by the number of their row, from 0; without any, one empty map serves all batches. */
  inserts: ReadonlyMap<number, InsertWaiter> = NO_INSERTS;

  /** The CopyData messages as they go to the socket. */
  get messages(): Buffer[] {
    return this.pages.map((page) => page.message);
  }

  #inserts: Map<number, InsertWaiter> | undefined;

  constructor(sequence: number) {
    this.sequence = sequence;
  }

  /** Notes who waits for the row that is appended next. */
  await(insert: InsertWaiter): void {
    if (this.#inserts === undefined) {
      this.#inserts = new Map();
      this.inserts = this.#inserts;
    }
    this.#inserts.set(this.rows, insert);
  }
}
