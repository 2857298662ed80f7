import type { Batch } from "../batch/batch.js";
import type { Batcher } from "../batch/batcher.js";
import type { Clock } from "../batch/clock.js";
import type { PagePool } from "../batch/page-pool.js";
import type { Outcome } from "../copy/outcome.js";
import { BatchCopyError, type Rejection } from "../errors.js";
import { tuplesOf, type RowDecoder } from "./batch-rows.js";
import { Remains, type FailedBatch } from "./failed-batch.js";
import { FlushTracker } from "./flush-tracker.js";
import type { Lane } from "./lane.js";
import { Rejecter } from "./rejecter.js";
import { rowError, type FailedOutcome } from "./row-error.js";

/** What delivery works with. */
export interface DeliveryParts<Row extends object> {
  readonly batcher: Batcher<Row>;
  readonly lanes: readonly Lane[];
  readonly decoder: RowDecoder<Row>;
  readonly pool: PagePool;
  readonly clock: Clock;
  readonly onReject: ((rejection: Rejection<Row>) => void | Promise<void>) | undefined;
  /** Called when a batch's bytes are out of the buffer. */
  readonly onReleased: (batch: Batch) => void;
}

/** What became of the rows so far. */
export interface DeliveryCounts {
  rowsCommitted: number;
  rowsSkipped: number;
  rowsRejected: number;
  rowsInDoubt: number;
  rowsReleased: number;
  batchesCommitted: number;
}

/**
 * Takes batches from the batcher to free lanes, and settles each by its outcome: whoever waits for
 * one of its rows is told, and its pages go back.
 */
export class Delivery<Row extends object> {
  readonly #parts: DeliveryParts<Row>;
  readonly #freeLanes: Lane[];
  readonly #flushes = new FlushTracker();
  readonly #rejecter: Rejecter<Row>;
  readonly counts: DeliveryCounts = {
    rowsCommitted: 0,
    rowsSkipped: 0,
    rowsRejected: 0,
    rowsInDoubt: 0,
    rowsReleased: 0,
    batchesCommitted: 0,
  };
  readonly #running = new Set<Promise<void>>();
  /** Batches that failed after the delivery was abandoned. */
  readonly #abandoned: FailedBatch[] = [];
  #abandonedBy: Error | undefined;

  constructor(parts: DeliveryParts<Row>) {
    this.#parts = parts;
    this.#freeLanes = [...parts.lanes];
    this.#rejecter = new Rejecter(parts.onReject, parts.decoder);
  }

  /** Gives free lanes what there is to take. */
  readonly feed = (): void => {
    while (this.#freeLanes.length > 0) {
      const batch = this.#parts.batcher.take();
      if (batch === undefined) {
        return;
      }
      const running = this.#run(this.#freeLanes.pop()!, batch);
      this.#running.add(running);
      void running.then(() => this.#running.delete(running));
    }
  };

  /** See `Copier.flush`. */
  flush(): Promise<void> {
    if (this.#rejecter.isHandling) {
      return Promise.reject(
        new Error("flush() waits for onReject, and so must not be called in it"),
      );
    }
    return this.finish();
  }

  /** Whether the current code runs in `onReject`. */
  get isHandlingRejection(): boolean {
    return this.#rejecter.isHandling;
  }

  /** As {@link flush}, for when nothing will be sent any more. */
  finish(): Promise<void> {
    return this.#flushes.flush(this.#parts.batcher.flush());
  }

  /**
   * Cuts what is under way and gives up the rest: flushes that wait for it end with an
   * UndeliveredError. It has the rows that are not in the table, as far as is known, but for those of
   * `insert()`s, whose callers are told. Nothing may be sent any more.
   */
  async abandon(message: string): Promise<void> {
    const waiting = this.#rejecter.abandon();
    const reason = new BatchCopyError("UNDELIVERED", message);
    this.#abandonedBy = reason;
    for (const lane of this.#parts.lanes) {
      lane.cut(reason);
    }
    this.#giveUpWaitingBatches(reason);
    await Promise.all(this.#running);
    const failed = [...waiting, ...this.#abandoned];
    const remains = new Remains(message);
    for (const batch of failed) {
      await remains.add(batch, this.#parts.decoder);
    }
    if (!remains.isEmpty) {
      this.#flushes.abandon((cause) => remains.error(cause));
    }
    failed.forEach((batch) => this.#conclude(batch));
  }

  async #run(lane: Lane, batch: Batch): Promise<void> {
    const outcome = await lane.run(batch);
    this.#settle(batch, outcome);
    if (this.#abandonedBy !== undefined) {
      return;
    }
    this.#freeLanes.push(lane);
    if (this.#parts.batcher.hasFullBatch) {
      this.feed();
    } else {
      // Whoever was just told of a commit may send at once: those rows go out together.
      this.#parts.clock.soon(this.feed);
    }
  }

  #giveUpWaitingBatches(reason: Error): void {
    const { batcher } = this.#parts;
    this.#freeLanes.length = 0;
    batcher.flush();
    for (let batch = batcher.take(); batch !== undefined; batch = batcher.take()) {
      this.#settle(batch, { kind: "lost", error: reason });
    }
  }

  #settle(batch: Batch, outcome: Outcome): void {
    if (outcome.kind === "committed") {
      this.#confirm(batch, outcome.rows);
    } else {
      this.#handBack(batch, outcome);
    }
  }

  #confirm(batch: Batch, rows: number): void {
    this.counts.rowsCommitted += rows;
    this.counts.rowsSkipped += batch.rows - rows;
    this.counts.batchesCommitted++;
    for (const insert of batch.inserts.values()) {
      insert.resolve();
    }
    this.#release(batch);
  }

  /** Tells the callers of `insert()`, and hands the other rows to whoever is there to take them. */
  #handBack(batch: Batch, outcome: FailedOutcome): void {
    this.#rejectInserts(batch, outcome);
    const failed = { batch, outcome, next: 0 };
    if (this.#abandonedBy !== undefined) {
      this.#abandoned.push(failed);
      return;
    }
    const { sequence } = batch;
    const handedOver = this.#rejecter.reject(failed, (position, rejection, cause) => {
      this.#flushes.reject({ sequence, position, rejection, cause });
    });
    void handedOver.then(() => {
      // Otherwise they are among the remains of an abandoned delivery.
      if (this.#abandonedBy === undefined) {
        this.#conclude(failed);
      }
    });
  }

  #rejectInserts(batch: Batch, outcome: FailedOutcome): void {
    if (batch.inserts.size === 0) {
      return;
    }
    let position = 0;
    for (const tuple of tuplesOf(batch)) {
      const insert = batch.inserts.get(position++);
      insert?.reject(rowError(this.#parts.decoder.decode(tuple), outcome));
    }
  }

  /** Everybody was told of the batch's rows. */
  #conclude({ batch, outcome }: FailedBatch): void {
    if (outcome.kind === "unknown") {
      this.counts.rowsInDoubt += batch.rows;
    } else {
      this.counts.rowsRejected += batch.rows;
    }
    this.#release(batch);
  }

  #release(batch: Batch): void {
    for (const page of batch.pages) {
      this.#parts.pool.release(page);
    }
    this.counts.rowsReleased += batch.rows;
    this.#parts.onReleased(batch);
    this.#flushes.settle(batch.sequence);
  }
}
