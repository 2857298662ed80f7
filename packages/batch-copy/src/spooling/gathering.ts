import type { Admission } from "../batch/admission.js";
import { Batch } from "../batch/batch.js";
import type { Batcher } from "../batch/batcher.js";
import type { InsertWaiter } from "../batch/insert-waiters.js";
import type { PagePool } from "../batch/page-pool.js";
import { Page } from "../batch/page.js";
import type { RowStore, StoreGroup } from "../batch/store-group.js";
import { withdrawRows } from "../batch/withdraw-rows.js";
import { deferred, type Deferred } from "../copy/deferred.js";

/** Where the rows of a table are gathered. */
export interface GatheringParts<Row extends object> {
  readonly gathered: Batcher<Row>;
  readonly admission: Admission<Row>;
  readonly pages: PagePool;
  /** Called when there is a row to take that cannot wait for room on disk. */
  readonly onFirst: () => void;
}

/** A group of rows that are made durable together, and how their senders are told. */
class Group implements StoreGroup {
  isFailed = false;
  isTaken = false;
  /** Bytes that its rows take in the buffer until it is settled. */
  bytes = 0;
  readonly withdrawn = new Set<number>();
  /** Whether its rows are written also if there is no room. */
  mayExceed = false;
  /** Undefined as long as rows are added to it. */
  batch: Batch | undefined;
  readonly #openRows: () => number;
  readonly #settled: Deferred<void> = deferred();

  /** @param openRows how many rows the open batch has */
  constructor(openRows: () => number) {
    this.#openRows = openRows;
    // Nobody may have sent a row of it by `send()`.
    this.stored.catch(noop);
  }

  get stored(): Promise<void> {
    return this.#settled.promise;
  }

  get lastRow(): number {
    return (this.batch?.rows ?? this.#openRows()) - 1;
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
  /** Those that are taken before others, and also if there is no room on disk. */
  readonly #first: Batch[] = [];
  #open: Group;

  constructor(parts: GatheringParts<Row>) {
    this.#parts = parts;
    this.#open = this.#newGroup();
    parts.admission.storeIn(this);
  }

  get openGroup(): StoreGroup {
    return this.#open;
  }

  /** Called when no more rows go to a batch. */
  close(batch: Batch): void {
    this.#add(batch, this.#open);
    this.#open = this.#newGroup();
  }

  storeFirst(tuple: Buffer, insert: InsertWaiter | undefined): StoreGroup {
    const { gathered, onFirst, pages } = this.#parts;
    const batch = new Batch(0, gathered.codec);
    const page = pages.acquire(tuple.length);
    tuple.copy(page.buffer, Page.headerBytes);
    page.seal(Page.headerBytes + tuple.length);
    batch.pages = [page];
    batch.rows = 1;
    batch.bytes = tuple.length;
    if (insert !== undefined) {
      batch.inserts.add(0, insert);
    }
    const group = this.#newGroup();
    group.mayExceed = true;
    this.#add(batch, group);
    this.#first.push(batch);
    onFirst();
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
    const { gathered } = this.#parts;
    const groups = [...this.#groups.values()];
    const open = gathered.flush().hasBegun ? [this.#open] : [];
    await Promise.all([...groups, ...open].map(({ stored }) => stored.catch(noop)));
  }

  #newGroup(): Group {
    return new Group(() => this.#parts.gathered.openRows);
  }

  #add(batch: Batch, group: Group): void {
    group.batch = batch;
    group.bytes = batch.bytes;
    this.#groups.set(batch, group);
  }

  #next(hasRoom: (bytes: number) => boolean): Batch | undefined {
    const { gathered } = this.#parts;
    if (this.#first.length > 0) {
      return this.#first.shift();
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
