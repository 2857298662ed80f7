import type { Page } from "./page.js";

/** Whoever waits for one row of a batch to be committed. */
export interface InsertWaiter {
  resolve(): void;
  reject(error: Error): void;
}

/** Rows on their way, as bytes: what one transaction writes. */
export class Batch {
  /** Batches are numbered in the order in which they were opened. */
  readonly sequence: number;
  rows = 0;
  bytes = 0;
  /** The CopyData messages; there from the moment when the batch is closed. */
  pages: readonly Page[] = [];
  /** Waiters by the number of their row, from 0. */
  readonly inserts: Map<number, InsertWaiter> = new Map();

  constructor(sequence: number) {
    this.sequence = sequence;
  }
}
