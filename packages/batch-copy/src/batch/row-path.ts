import type { AdmissionHooks } from "./admission-hooks.js";
import { Admission } from "./admission.js";
import type { BatchLimits, BatchQueue } from "./batch-queue.js";
import type { Batch } from "./batch.js";
import { Batcher } from "./batcher.js";
import type { Budget } from "./budget.js";
import type { Clock } from "./clock.js";
import type { PagePool } from "./page-pool.js";
import type { RowCodec } from "./row-codec.js";

/** How rows get from their senders to where they are written from. */
export interface RowPath<Row extends object> {
  readonly admission: Admission<Row>;
  /** What is written from. */
  readonly queue: BatchQueue<Row>;
  /** Rows accepted so far. */
  readonly acceptedRows: number;
  /** Encoded bytes that were accepted and are not settled yet, as far as they are in memory. */
  readonly bufferedBytes: number;
  /** Does what must be done before rows are accepted. */
  start(): Promise<void>;
  /** Called when rows are not accepted any more. */
  close(): void;
  /** Called before what is not written is given up. */
  abandon(): void;
  /** From now on rows are written with another codec. */
  changeCodec(codec: RowCodec<Row>): void;
  /** Called when a batch of the queue is settled. */
  release(batch: Batch): void;
  /**
   * Resolves when all rows that were sent are settled.
   *
   * @param flushQueue does so for the rows of the queue
   */
  flush(flushQueue: () => Promise<void>): Promise<void>;
}

/** What a path is made of. */
export interface RowPathParts<Row extends object> {
  /** How rows are written now. */
  readonly codec: RowCodec<Row>;
  readonly limits: BatchLimits;
  readonly pages: PagePool;
  readonly clock: Clock;
  readonly hooks: AdmissionHooks<Row>;
  /** Called when the queue has a batch. */
  readonly onReady: () => void;
}

/** Rows are written from where they are gathered. */
export class PlainPath<Row extends object> implements RowPath<Row> {
  readonly admission: Admission<Row>;
  readonly queue: Batcher<Row>;
  readonly #pages: PagePool;

  constructor(parts: RowPathParts<Row>, budget: Budget) {
    const { codec, limits, pages, clock, hooks, onReady } = parts;
    this.#pages = pages;
    this.queue = new Batcher<Row>(codec, limits, pages, clock, { onReady });
    this.admission = new Admission(this.queue, budget, clock, hooks);
  }

  get acceptedRows(): number {
    return this.admission.acceptedRows;
  }

  get bufferedBytes(): number {
    return this.admission.bufferedBytes;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {}

  abandon(): void {}

  changeCodec(codec: RowCodec<Row>): void {
    this.admission.changeCodec(codec);
  }

  release(batch: Batch): void {
    batch.pages.forEach((page) => this.#pages.release(page));
    this.admission.release(batch.bytes);
  }

  flush(flushQueue: () => Promise<void>): Promise<void> {
    return flushQueue();
  }
}
