import type { Batch } from "../batch/batch.js";
import type { Batcher } from "../batch/batcher.js";
import type { Clock } from "../batch/clock.js";
import type { PagePool } from "../batch/page-pool.js";
import type { Outcome } from "../copy/outcome.js";
import { BatchCopyError, UndeliveredError, type Rejection, type RowsInDoubt } from "../errors.js";
import { rowsOf, type RowDecoder } from "./batch-rows.js";
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
  #handedBack: HandedBack | undefined;

  constructor(parts: DeliveryParts<Row>) {
    this.#parts = parts;
    this.#freeLanes = [...parts.lanes];
    this.#rejecter = new Rejecter(parts.onReject);
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
    return this.#flushes.flush(this.#parts.batcher.flush());
  }

  /**
   * Flushes, but no longer than so many milliseconds: then it cuts what is under way and gives up
   * the rest. Nothing may be sent any more.
   *
   * @throws UndeliveredError with the rows that are not in the table, as far as is known, but for
   * those of `insert()`s, whose callers are told.
   */
  async finish(timeoutMs: number | undefined): Promise<void> {
    const flushed = this.flush();
    if (timeoutMs !== undefined && !(await endsWithin(flushed, timeoutMs))) {
      await this.#abandon(`close() gave up after ${timeoutMs} ms`);
    }
    return flushed;
  }

  async #abandon(message: string): Promise<void> {
    const handedBack: HandedBack = { rows: this.#rejecter.abandon(), inDoubt: [] };
    this.#handedBack = handedBack;
    const reason = new BatchCopyError("UNDELIVERED", message);
    for (const lane of this.#parts.lanes) {
      lane.cut(reason);
    }
    this.#giveUpWaitingBatches(reason);
    await Promise.all(this.#running);
    const { rows, inDoubt } = handedBack;
    if (rows.length > 0 || inDoubt.length > 0) {
      this.#flushes.abandon(new UndeliveredError(message, rows, inDoubt));
    }
  }

  async #run(lane: Lane, batch: Batch): Promise<void> {
    const outcome = await lane.run(batch);
    this.#settle(batch, outcome);
    if (this.#handedBack !== undefined) {
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
    this.#flushes.settle(batch.sequence);
  }

  /** Tells the callers of `insert()`, and hands the other rows to whoever is there to take them. */
  #handBack(batch: Batch, outcome: FailedOutcome): void {
    const rejections: Rejection<Row>[] = [];
    const positions: number[] = [];
    for (const [position, row] of rowsOf(batch, this.#parts.decoder).entries()) {
      const error = rowError(row, outcome);
      const insert = batch.inserts.get(position);
      if (insert === undefined) {
        rejections.push({ row, error });
        positions.push(position);
      } else {
        insert.reject(error);
      }
    }
    this.#count(batch, outcome);
    if (this.#handedBack !== undefined && rejections.length > 0) {
      // The flush that covers them ends with the UndeliveredError: this batch is never settled.
      collect(this.#handedBack, rejections, outcome);
      return;
    }
    const handedOver = this.#rejecter.reject({
      rejections,
      // Rows that wait for their turn count as buffered; those under way do not, or an `onReject`
      // that sends a row anew could wait for room that it takes itself.
      begin: () => this.#release(batch),
      untold: (index, cause) =>
        this.#flushes.reject(batch.sequence, positions[index]!, rejections[index]!, cause),
    });
    void handedOver.then(() => this.#flushes.settle(batch.sequence));
  }

  #count(batch: Batch, outcome: FailedOutcome): void {
    if (outcome.kind === "unknown") {
      this.counts.rowsInDoubt += batch.rows;
    } else {
      this.counts.rowsRejected += batch.rows;
    }
  }

  #release(batch: Batch): void {
    for (const page of batch.pages) {
      this.#parts.pool.release(page);
    }
    this.counts.rowsReleased += batch.rows;
    this.#parts.onReleased(batch);
  }
}

/** Whether the promise ends, well or badly, within so many milliseconds. */
async function endsWithin(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const ends = promise.then(
    () => true,
    () => true,
  );
  const isInTime = await Promise.race([ends, timeout]);
  clearTimeout(timer);
  return isInTime;
}

/** What an abandoned delivery gives back. */
interface HandedBack {
  rows: readonly object[];
  readonly inDoubt: RowsInDoubt[];
}

function collect(
  handedBack: HandedBack,
  rejections: readonly Rejection[],
  outcome: FailedOutcome,
): void {
  const rows = rejections.map(({ row }) => row);
  if (outcome.kind === "unknown") {
    handedBack.inDoubt.push({ xid: outcome.xid, rows });
  } else {
    handedBack.rows = handedBack.rows.concat(rows);
  }
}
