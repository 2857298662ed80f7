import type { Admission } from "../batch/admission.js";
import type { Batch } from "../batch/batch.js";
import type { Batcher } from "../batch/batcher.js";
import type { StoreGroup } from "../batch/store-group.js";
import { deferred, type Deferred } from "../copy/deferred.js";

/** Where the rows of a table are gathered. */
export interface GatheringParts<Row extends object> {
  readonly gathered: Batcher<Row>;
  readonly admission: Admission<Row>;
}

/** A group of rows that are made durable together, and how their senders are told. */
class Group implements StoreGroup {
  isFailed = false;
  readonly #settled: Deferred<void> = deferred();

  constructor() {
    // Nobody may have sent a row of it by `send()`.
    this.stored.catch(noop);
  }

  get stored(): Promise<void> {
    return this.#settled.promise;
  }

  settle(error?: Error): void {
    if (error === undefined) {
      this.#settled.resolve();
    } else {
      this.isFailed = true;
      this.#settled.reject(error);
    }
  }
}

/**
 * The rows of one table that are not durable yet, in groups: while one is made durable, the next one is
 * gathered.
 */
export class Gathering<Row extends object> {
  readonly #parts: GatheringParts<Row>;
  readonly #groups = new Map<Batch, Group>();
  #open = new Group();

  constructor(parts: GatheringParts<Row>) {
    this.#parts = parts;
    parts.admission.storeIn(this.#open);
  }

  /** Called when no more rows go to a batch. */
  close(batch: Batch): void {
    this.#groups.set(batch, this.#open);
    this.#open = new Group();
    this.#parts.admission.storeIn(this.#open);
  }

  /** The next rows to make durable; undefined if there are none. */
  take(): Batch | undefined {
    const { gathered } = this.#parts;
    return gathered.hasBatch ? gathered.take() : undefined;
  }

  /** Called when the rows of a batch are durable. */
  stored(batch: Batch): void {
    this.#settle(batch, undefined);
  }

  /**
   * Refuses all rows that are not durable, because those of this batch never will be: a call that sends many
   * must not go on.
   */
  fail(taken: Batch | undefined, error: Error): void {
    const { admission, gathered } = this.#parts;
    // Before there is room: a later row of a call must not be accepted.
    admission.refuse(() => true, error);
    gathered.flush();
    const batches = taken === undefined ? [] : [taken];
    for (let batch = gathered.take(); batch !== undefined; batch = gathered.take()) {
      batches.push(batch);
    }
    for (const batch of batches) {
      batch.inserts.rejectAll(error);
      this.#settle(batch, error);
    }
  }

  /** Resolves when everything that was sent is durable, or refused. */
  async flush(): Promise<void> {
    const { gathered } = this.#parts;
    if (gathered.flush().hasBegun || this.#groups.size > 0) {
      const last = gathered.flush().hasBegun ? this.#open : [...this.#groups.values()].at(-1)!;
      await last.stored.catch(noop);
    }
  }

  #settle(batch: Batch, error: Error | undefined): void {
    const group = this.#groups.get(batch)!;
    this.#groups.delete(batch);
    group.settle(error);
    this.#parts.admission.release(batch.bytes);
  }
}

function noop(): void {}
