import { AsyncResource } from "node:async_hooks";

import type { Batch } from "../batch/batch.js";
import type { Batcher } from "../batch/batcher.js";
import type { Slice } from "../copy/copy-writer.js";
import { BatchCopyError } from "../errors.js";
import { Alarm } from "./alarm.js";
import { BatchRows } from "./batch-rows.js";
import { copyLine } from "./copy-line.js";
import type { Fate, RefusedFate } from "./fate.js";
import { Isolation } from "./isolation.js";
import { Lane } from "./lane.js";
import type { Means, RunCounts } from "./means.js";
import { Health } from "./patience.js";
import { recodeBatch } from "./recode-batch.js";
import { Settlement, type RowCounts, type SettlementParts } from "./settlement.js";
import { SliceSource, type Renewal } from "./slice-source.js";

/** What delivery works with. */
export interface DeliveryParts<Row extends object> extends Omit<SettlementParts<Row>, "alarm"> {
  readonly batcher: Batcher<Row>;
  /** The number of lanes. */
  readonly connections: number;
  readonly means: Omit<Means, "table" | "counts" | "health" | "alarm">;
  /** The table's name as it stands in the context of a COPY's errors; undefined if it is ambiguous. */
  readonly contextName: string | undefined;
}

/** Assigns batches to free lanes, and makes sure that each of their rows is settled. */
export class Delivery<Row extends object> {
  readonly #parts: DeliveryParts<Row>;
  readonly #settlement: Settlement<Row>;
  readonly #runCounts: RunCounts = {
    retries: 0,
    inDoubtCommitted: 0,
    inDoubtAborted: 0,
    inDoubtUnknown: 0,
  };
  readonly #lanes: readonly Lane[];
  readonly #freeLanes: Lane[];
  readonly #running = new Set<Promise<void>>();
  #abandonedBy: Error | undefined;
  #abandoning: Promise<void> | undefined;

  constructor(parts: DeliveryParts<Row>) {
    this.#parts = parts;
    const alarm = new Alarm(parts.means.clock);
    this.#settlement = new Settlement({ ...parts, alarm });
    const means: Means = {
      ...parts.means,
      table: parts.table,
      counts: this.#runCounts,
      health: new Health(),
      alarm,
    };
    this.#lanes = Array.from({ length: parts.connections }, () => new Lane(means));
    this.#freeLanes = [...this.#lanes];
  }

  get counts(): RowCounts & RunCounts {
    return { ...this.#settlement.counts, ...this.#runCounts };
  }

  /**
   * Assigns waiting batches to free lanes. Lanes and `onReject` run in the async context in which the
   * copier was created, and not in that of the call that sent the first row of a batch.
   */
  readonly feed: () => void = AsyncResource.bind(() => {
    while (this.#freeLanes.length > 0) {
      const batch = this.#parts.batcher.take();
      if (batch === undefined) {
        return;
      }
      const running = this.#run(this.#freeLanes.pop()!, batch);
      this.#running.add(running);
      void running.finally(() => this.#running.delete(running));
    }
  });

  /** See `Copier.flush`. */
  flush(): Promise<void> {
    if (this.isHandlingRejection) {
      return Promise.reject(
        new Error("flush() must not be called in onReject, because it waits for onReject"),
      );
    }
    return this.finish();
  }

  /** Whether the current code runs in `onReject`. */
  get isHandlingRejection(): boolean {
    return this.#settlement.isHandlingRejection;
  }

  /** As {@link flush}, for when nothing will be sent any more. */
  finish(): Promise<void> {
    return this.#settlement.flush(this.#parts.batcher.flush());
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
    this.#abandonedBy = reason;
    for (const lane of this.#lanes) {
      lane.cut(reason);
    }
    this.#giveUpWaitingBatches(reason);
    await Promise.all(this.#running);
    await this.#settlement.handOverRemains(message);
  }

  async #run(lane: Lane, batch: Batch): Promise<void> {
    try {
      const fate = await lane.deliver(this.#sourceOf(batch, () => batch));
      if (fate.kind === "refused") {
        await this.#isolate(lane, batch, fate);
      } else {
        this.#settlement.settleBatch(batch, fate);
      }
    } finally {
      // Whatever settlement throws, the lane goes on.
      this.#free(lane);
    }
  }

  #free(lane: Lane): void {
    if (this.#abandonedBy !== undefined) {
      return;
    }
    this.#freeLanes.push(lane);
    if (this.#parts.batcher.hasFullBatch) {
      this.feed();
    } else {
      // Callers that this commit wakes may send at once: their rows go out together.
      this.#parts.means.clock.soon(this.feed);
    }
  }

  #sourceOf(batch: Batch, sliceOf: () => Slice): SliceSource {
    return new SliceSource(sliceOf, async () => {
      return (await this.#parts.means.findMismatch()) ?? this.#recode(batch);
    });
  }

  #recode(batch: Batch): Renewal {
    const { codec } = this.#parts.batcher;
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

  #isolate(lane: Lane, batch: Batch, first: RefusedFate): Promise<void> {
    let rows = new BatchRows(batch);
    let { pages } = batch;
    const currentRows = (): BatchRows => {
      if (batch.pages !== pages) {
        ({ pages } = batch);
        rows = new BatchRows(batch);
      }
      return rows;
    };
    let { doubtfulXid } = first;
    const deliver = async (from: number, to: number): Promise<Fate> => {
      const source = this.#sourceOf(batch, () => currentRows().slice(from, to));
      const fate = await lane.deliver(source, { doubtfulXid, isPart: true });
      if (fate.kind === "refused") {
        doubtfulXid ??= fate.doubtfulXid;
      }
      return fate;
    };
    const port = {
      rows: batch.rows,
      deliver,
      culprit: ({ where }: RefusedFate["error"], from: number, to: number) => {
        const line = copyLine(where, this.#parts.contextName, to - from);
        return line === undefined ? undefined : from + line - 1;
      },
      settle: (from: number, to: number, fate: Fate) => {
        this.#settlement.settleRows(batch, currentRows(), from, to, fate);
      },
    };
    return new Isolation(port, first).run();
  }

  #giveUpWaitingBatches(reason: Error): void {
    const { batcher } = this.#parts;
    this.#freeLanes.length = 0;
    batcher.flush();
    for (let batch = batcher.take(); batch !== undefined; batch = batcher.take()) {
      this.#settlement.settleBatch(batch, { kind: "lost", error: reason });
    }
  }
}
