import type { Admission } from "../batch/admission.js";
import type { Batch } from "../batch/batch.js";
import type { Batcher } from "../batch/batcher.js";
import type { InsertWaiter } from "../batch/insert-waiters.js";
import type { PagePool } from "../batch/page-pool.js";
import type { RowStore, StoreGroup } from "../batch/store-group.js";
import { withdrawRows } from "../batch/withdraw-rows.js";
import { deferred, type Deferred } from "../copy/deferred.js";

/** Where the rows of a table are gathered. */
export interface GatheringParts<Row extends object> {
  readonly gathered: Batcher<Row>;
  /** Gets the rows that are taken before others, and also if there is no room on disk. */
  readonly first: Batcher<Row>;
  readonly admission: Admission<Row>;
  readonly pages: PagePool;
}

/** A group of rows that are made durable together, and how their senders are told. */
class Group implements StoreGroup {
  isFailed = false;
  isTaken = false;
  /** Bytes that its rows take in the buffer until it is settled. */
  bytes = 0;
  readonly withdrawn = new Set<number>();
  /** Whether its rows are written also if there is no room. */
  readonly mayExceed: boolean;
  /** Undefined as long as rows are added to it. */
  batch: Batch | undefined;
  readonly #batcher: Pick<Batcher<never>, "openRows">;
  readonly #settled: Deferred<void> = deferred();

  /** @param batcher has its rows in its open batch */
  constructor(batcher: Pick<Batcher<never>, "openRows">, mayExceed: boolean) {
    this.#batcher = batcher;
    this.mayExceed = mayExceed;
    // Nobody may have sent a row of it by `send()`.
    this.stored.catch(noop);
  }

  get stored(): Promise<void> {
    return this.#settled.promise;
  }

  get lastRow(): number {
    return (this.batch?.rows ?? this.#batcher.openRows) - 1;
  }

  withdraw(row: number): boolean {
    if (!this.isTaken) {
      this.withdrawn.add(row);
    }
    return !this.isTaken;
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

/** Rows that are to be made durable now. */
interface TakenBatch {
  readonly batch: Batch;
  /** Whether they are written also if there is no room on disk. */
  readonly mayExceed: boolean;
}

/**
 * The rows of one table that are not durable yet, in groups: while one is made durable, the next one is
 * gathered.
 */
export class Gathering<Row extends object> implements RowStore {
  readonly #parts: GatheringParts<Row>;
  readonly #groups = new Map<Batch, Group>();
  #open: Group;
  /** That of the rows that are taken first. */
  #openFirst: Group;

  constructor(parts: GatheringParts<Row>) {
    this.#parts = parts;
    this.#open = new Group(parts.gathered, false);
    this.#openFirst = new Group(parts.first, true);
    parts.admission.storeIn(this);
  }

  get openGroup(): StoreGroup {
    return this.#open;
  }

  /** Called when no more rows go to a batch. */
  close(batch: Batch): void {
    this.#add(batch, this.#open);
    this.#open = new Group(this.#parts.gathered, false);
  }

  /** As {@link close}, for a batch of rows that are taken first. */
  closeFirst(batch: Batch): void {
    this.#add(batch, this.#openFirst);
    this.#openFirst = new Group(this.#parts.first, true);
  }

  storeFirst(tuple: Buffer, insert: InsertWaiter | undefined): StoreGroup {
    // Before the row closes its batch.
    const group = this.#openFirst;
    this.#parts.first.appendTuple(tuple, insert);
    return group;
  }

  /**
   * The next rows to make durable; undefined if there are none.
   *
   * @param hasRoom asked whether there is room on disk, unless rows cannot wait for that
   */
  take(hasRoom: (bytes: number) => boolean): TakenBatch | undefined {
    for (let batch = this.#next(hasRoom); batch !== undefined; batch = this.#next(hasRoom)) {
      const group = this.#groups.get(batch)!;
      group.isTaken = true;
      if (group.withdrawn.size > 0) {
        withdrawRows(batch, group.withdrawn).forEach((page) => this.#parts.pages.release(page));
      }
      if (batch.rows > 0) {
        return { batch, mayExceed: group.mayExceed };
      }
      this.#settle(batch, undefined);
    }
    return undefined;
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
    for (let next = this.take(() => true); next !== undefined; next = this.take(() => true)) {
      batches.push(next.batch);
    }
    for (const batch of batches) {
      batch.inserts.rejectAll(error);
      this.#settle(batch, error);
    }
  }

  /** Resolves when everything that was sent is durable, or refused. */
  async flush(): Promise<void> {
    const { first, gathered } = this.#parts;
    const groups = [...this.#groups.values()];
    const open = gathered.flush().hasBegun ? [this.#open] : [];
    if (first.flush().hasBegun) {
      open.push(this.#openFirst);
    }
    await Promise.all([...groups, ...open].map(({ stored }) => stored.catch(noop)));
  }

  #add(batch: Batch, group: Group): void {
    group.batch = batch;
    group.bytes = batch.bytes;
    this.#groups.set(batch, group);
  }

  #next(hasRoom: (bytes: number) => boolean): Batch | undefined {
    const { first, gathered } = this.#parts;
    if (first.hasBatch) {
      return first.take();
    }
    return gathered.hasBatch && hasRoom(gathered.nextBytes) ? gathered.take() : undefined;
  }

  #settle(batch: Batch, error: Error | undefined): void {
    const group = this.#groups.get(batch)!;
    this.#groups.delete(batch);
    group.settle(error);
    this.#parts.admission.release(group.bytes);
  }
}

function noop(): void {}
