import { Batch } from "./batch.js";
import type { Clock } from "./clock.js";
import type { PagePool } from "./page-pool.js";
import { PageWriter } from "./page-writer.js";
import type { Page } from "./page.js";
import type { RowCodec } from "./row-codec.js";

export interface BatchLimits {
  readonly maxBatchRows: number;
  readonly maxBatchBytes: number;
  /** With 0, rows are due at once. */
  readonly flushIntervalMs: number;
}

/** If less than this share of the last page is used, its bytes are copied to a page of their size. */
const LEAST_SHARE_WHEN_DUE = 1 / 16;
/** Many full batches may wait for a long time: pages that are mostly empty would add up. */
const LEAST_SHARE_WHEN_FULL = 1 / 2;

/** What a `flush()` covers: all batches before `sequence`, and the first `rows` rows of that one. */
export interface FlushPoint {
  readonly sequence: number;
  readonly rows: number;
  /** Whether there is anything of that batch to cover. */
  readonly hasBegun: boolean;
}

/** What a queue of batches calls back. */
export interface BatchQueueHooks {
  /** Called when there is a batch to take. */
  readonly onReady: () => void;
  /** Called when no more rows go to a batch. */
  readonly onClosed?: (batch: Batch) => void;
}

/**
 * Batches in the order in which they are written. One batch is open at any time; rows are appended to it.
 *
 * - It is **closed** and queued as soon as it is full, by rows or by bytes.
 * - It is **due** when its first row is `flushIntervalMs` old, when `flush()` was called, or when an
 *   `insert()` waits for one of its rows. A due batch stays open for more rows until a lane is free to
 *   take it: closing it earlier would only make batches smaller.
 *
 * `onReady` is called at once for a closed batch, in the next turn of the event loop for a due one, so that
 * rows sent in the same turn are written together.
 */
export class BatchQueue<Row> {
  protected readonly writer: PageWriter;
  protected open: Batch;
  protected readonly limits: BatchLimits;
  readonly #clock: Clock;
  readonly #hooks: BatchQueueHooks;
  readonly #closed: Batch[] = [];
  #codec: RowCodec<Row>;
  #isDue = false;
  #cancelAge: (() => void) | undefined;
  #closedRows = 0;
  #closedBytes = 0;

  constructor(
    codec: RowCodec<Row>,
    limits: BatchLimits,
    pool: PagePool,
    clock: Clock,
    hooks: BatchQueueHooks,
  ) {
    this.#codec = codec;
    this.open = new Batch(0, codec);
    this.limits = limits;
    this.#clock = clock;
    this.#hooks = hooks;
    this.writer = new PageWriter(pool);
  }

  /** What rows are written with. */
  get codec(): RowCodec<Row> {
    return this.#codec;
  }

  /** From now on rows are written with another codec. The open batch is closed, if it has rows. */
  changeCodec(codec: RowCodec<Row>): void {
    this.#codec = codec;
    if (this.open.isEmpty) {
      this.open.codec = codec;
    } else {
      this.closeBatch();
    }
  }

  /** Rows appended so far, and invalid ones. */
  get rows(): number {
    return this.#closedRows + this.open.rowsToSettle;
  }

  /** Bytes appended so far. */
  get bytes(): number {
    return this.#closedBytes + this.open.bytes;
  }

  /** Whether there is a batch to take. */
  get hasBatch(): boolean {
    return this.#closed.length > 0 || this.#isDue;
  }

  /** The bytes of the batch that is taken next; 0 if there is none. */
  get nextBytes(): number {
    return this.#closed[0]?.bytes ?? (this.#isDue ? this.open.bytes : 0);
  }

  /** Whether a full batch waits for a lane. */
  get hasFullBatch(): boolean {
    return this.#closed.length > 0;
  }

  /** The next batch for a lane: the oldest full one; if there is none, the open one if it is due. */
  take(): Batch | undefined {
    if (this.#closed.length === 0 && this.#isDue) {
      this.#close(this.writer.takePages(LEAST_SHARE_WHEN_DUE));
    }
    return this.#closed.shift();
  }

  /** Makes the open batch due, and returns what covers all rows accepted so far. */
  flush(): FlushPoint {
    const { sequence, rows, isEmpty } = this.open;
    if (!isEmpty) {
      this.#becomeDue();
    }
    return { sequence, rows, hasBegun: !isEmpty };
  }

  /** Closes the batch if it is full; otherwise it becomes due, now or when it is old enough. */
  protected closeOrWait(isDue: boolean): void {
    const batch = this.open;
    const { maxBatchRows, maxBatchBytes, flushIntervalMs } = this.limits;
    if (batch.rows >= maxBatchRows || batch.bytes >= maxBatchBytes) {
      this.closeBatch();
    } else if (isDue || flushIntervalMs === 0) {
      this.#becomeDue();
    } else {
      this.#cancelAge ??= this.#clock.after(flushIntervalMs, () => this.#becomeDue());
    }
  }

  /** Closes the open batch, which is ready then. */
  protected closeBatch(): void {
    this.#close(this.writer.takePages(LEAST_SHARE_WHEN_FULL));
    this.#hooks.onReady();
  }

  #becomeDue(): void {
    if (!this.#isDue) {
      this.#isDue = true;
      this.#clock.soon(this.#hooks.onReady);
    }
  }

  #close(pages: readonly Page[]): void {
    this.#cancelAge?.();
    this.#cancelAge = undefined;
    this.#isDue = false;
    const batch = this.open;
    batch.pages = pages;
    this.#closedRows += batch.rowsToSettle;
    this.#closedBytes += batch.bytes;
    this.#closed.push(batch);
    this.open = new Batch(batch.sequence + 1, this.#codec);
    this.#hooks.onClosed?.(batch);
  }
}
