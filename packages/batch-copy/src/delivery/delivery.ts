import type { AsyncResource } from "node:async_hooks";

import { onAbort } from "../batch/abort-watch.js";
import type { BatchQueue } from "../batch/batch-queue.js";
import type { Batch } from "../batch/batch.js";
import { BatchCopyError } from "../errors.js";
import type { Addresses } from "./addresses.js";
import { BatchRows } from "./batch-rows.js";
import type { Fate, RefusedFate } from "./fate.js";
import { Lanes, type BatchSource, type Lane } from "./lane.js";
import { loadOf, type Load } from "./load.js";
import type { Means, RunCounts } from "./means.js";
import { recodeBatch } from "./recode-batch.js";
import { RefusedBatch } from "./refused-batch.js";
import type { Schedule } from "./schedule.js";
import type { Settlement } from "./settlement.js";
import { runSlice, type Part, type Permits } from "./slice-run.js";
import { SliceSource, type Renewal } from "./slice-source.js";
import { ANY_TIME, Turns } from "./turns.js";

/** What delivery works with. */
export interface DeliveryParts<Row extends object> {
  readonly queue: BatchQueue<Row>;
  readonly schedule: Schedule;
  readonly addresses: Addresses;
  readonly settlement: Settlement;
  readonly means: Means;
  /** In which batches are written and `onReject` runs: not that of a call that sent a row. */
  readonly asyncContext: AsyncResource;
}

/** Writes the batches of a table, and makes sure that each of their rows is settled. */
export class Delivery<Row extends object> implements BatchSource {
  readonly #parts: DeliveryParts<Row>;
  readonly #settlement: Settlement;
  readonly #lanes: Lanes;
  /** Undefined if the order of rows does not matter. */
  #turns: Turns | undefined;
  /** Made for the first batch: thousands of tables may be idle. */
  #abort: AbortController | undefined;
  /** Batches in progress. With one lane there is one, so that the order of rows is kept. */
  readonly #running = new Set<Promise<void>>();
  #abandoning: Promise<void> | undefined;

  constructor(parts: DeliveryParts<Row>) {
    this.#parts = parts;
    this.#settlement = parts.settlement;
    this.#lanes = new Lanes(parts.schedule, this);
    this.#turns = parts.addresses.order.isOrdered ? new Turns(false) : undefined;
  }

  get counts(): Readonly<RunCounts> {
    return this.#parts.means.counts;
  }

  get hasBatch(): boolean {
    return this.#running.size < this.#maxRunning && this.#parts.queue.hasBatch;
  }

  /** In order, one batch is written while the next one is on its way, if that may be held back. */
  get #maxRunning(): number {
    const { schedule, addresses } = this.#parts;
    if (this.#turns === undefined) {
      return schedule.lanes;
    }
    const mayOverlap = this.#turns.isChained
      ? this.#turns.mayBeFollowed
      : addresses.order.mayBeHeldBack;
    return mayOverlap && !this.#turns.isFaltering ? Math.min(schedule.lanes, 2) : 1;
  }

  get isFailing(): boolean {
    return this.#parts.means.health.isFailing;
  }

  /** Starts the batches that wait, as soon as there are lanes for them. */
  readonly feed: () => void = () => {
    this.#lanes.request();
  };

  /**
   * Takes and writes the next batch, in the async context of `connect()`, and not in that of the call
   * that sent the first row of the batch.
   */
  start(lane: Lane): void {
    const { queue, addresses, asyncContext } = this.#parts;
    const batch = queue.take()!;
    batch.units?.plan();
    // The server does not keep the order of what is merged from stages.
    const mayBeFollowed = queue.hasFullBatch && !addresses.order.isOrdered;
    const turn = this.#turns?.take(mayBeFollowed ? this.feed : undefined) ?? ANY_TIME;
    const running = asyncContext
      .runInAsyncScope(() => this.#run({ lane, turn }, batch))
      .finally(() => {
        turn.end();
        this.#running.delete(running);
        this.#feedAgain();
      });
    this.#running.add(running);
  }

  /** From now on, rows are written in the order in which they were sent. */
  keepOrder(): void {
    this.#turns ??= new Turns(true);
  }

  /** See `Copier.flush`. */
  flush(): Promise<void> {
    return this.#settlement.flush(this.#parts.queue.flush());
  }

  /**
   * Cuts what is in flight and gives up the rest: pending flushes reject with an UndeliveredError. It
   * has the rows that are not in the table, as far as is known, except those of `insert()`s, which
   * reject. Nothing may be sent afterwards. Further calls change nothing.
   */
  abandon(message: string): Promise<void> {
    this.#abandoning ??= this.#abandon(message);
    return this.#abandoning;
  }

  async #abandon(message: string): Promise<void> {
    this.#settlement.abandon();
    const reason = new BatchCopyError("UNDELIVERED", message);
    this.#abort?.abort(reason);
    this.#lanes.end();
    this.#giveUpWaitingBatches(reason);
    await Promise.all(this.#running);
    await this.#settlement.handOverRemains(message);
  }

  async #run(permits: Permits, batch: Batch): Promise<void> {
    const all = { batch, rows: () => new BatchRows(batch), from: 0, to: batch.rows };
    const fate = await this.#deliver(
      permits,
      this.#sourceOf(batch, (isFirst) => loadOf(all, isFirst, this.#parts.addresses)),
    );
    if (fate.kind === "refused" && batch.rows > 0) {
      await this.#isolate(permits, batch, fate);
    } else {
      this.#settlement.settleBatch(batch, fate);
    }
  }

  #deliver(permits: Permits, source: SliceSource, part?: Part): Promise<Fate> {
    return runSlice(this.#parts.means, permits, source, this.#aborting.signal, part);
  }

  get #aborting(): AbortController {
    this.#abort ??= startAbort();
    return this.#abort;
  }

  #feedAgain(): void {
    if (this.#parts.queue.hasFullBatch) {
      this.feed();
    } else {
      // Callers that this commit wakes may send at once: their rows go out together.
      this.#parts.means.clock.soon(this.feed);
    }
  }

  #sourceOf(batch: Batch, loadNow: (isFirst: boolean) => Load): SliceSource {
    return new SliceSource(loadNow, async () => {
      return (await loadNow(true).findMismatch()) ?? this.#recode(batch);
    });
  }

  #recode(batch: Batch): Renewal {
    const { codec } = this.#parts.queue;
    if (batch.codec === codec) {
      return "same";
    }
    try {
      recodeBatch(batch, codec);
      return "changed";
    } catch (error) {
      return error as Error;
    }
  }

  #isolate(permits: Permits, batch: Batch, first: RefusedFate): Promise<void> {
    const { addresses, settlement, means } = this.#parts;
    const { signal } = this.#aborting;
    const parts = {
      batch,
      addresses,
      settlement,
      deliver: (loadNow: (isFirst: boolean) => Load, part: Part) =>
        this.#deliver(permits, this.#sourceOf(batch, loadNow), part),
      letters: { means, signal },
    };
    return new RefusedBatch(parts, first).run();
  }

  #giveUpWaitingBatches(reason: Error): void {
    const { queue } = this.#parts;
    queue.flush();
    for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
      this.#settlement.settleBatch(batch, { kind: "lost", error: reason });
    }
  }
}

/** Keeps one listener on the signal: each batch would otherwise add and remove its own, twice. */
function startAbort(): AbortController {
  const abort = new AbortController();
  onAbort(abort.signal, noop);
  return abort;
}

function noop(): void {}
