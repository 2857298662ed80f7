import { ByteReader } from "../bytes/byte-reader.js";
import { ClosedError, EncodeError } from "../errors.js";
import { Batch } from "./batch.js";
import type { Clock } from "./clock.js";
import type { InsertWaiter } from "./insert-waiters.js";
import type { PagePool } from "./page-pool.js";
import { PageWriter } from "./page-writer.js";
import type { Page } from "./page.js";
import type { RowCodec } from "./row-codec.js";
import { encodeTuples, type Tuples } from "./tuple-writer.js";
import { Units, type Unit } from "./units.js";

export interface BatchLimits {
  readonly maxBatchRows: number;
  readonly maxBatchBytes: number;
  readonly flushIntervalMs: number;
}

const NOT_ALONE =
  "the row was sent while another row was being encoded, or after a codec wrote outside its encode()";

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

/**
 * Gathers rows into batches. One batch is open at any time; rows are appended to it.
 *
 * - It is **closed** and queued as soon as it is full, by rows or by bytes.
 * - It is **due** when its first row is `flushIntervalMs` old, when `flush()` was called, or when an
 *   `insert()` waits for one of its rows. A due batch stays open for more rows until a lane is free to
 *   take it: closing it earlier would only make batches smaller.
 *
 * `onReady` is called when there is a batch to take: at once for a closed batch, in the next turn of
 * the event loop for a due one, so that rows sent in the same turn are written together.
 */
export class Batcher<Row> {
  #codec: RowCodec<Row>;
  readonly #limits: BatchLimits;
  readonly #clock: Clock;
  readonly #writer: PageWriter;
  readonly #onReady: () => void;
  readonly #closed: Batch[] = [];
  #open: Batch;
  #isDue = false;
  #cancelAge: (() => void) | undefined;
  #closedRows = 0;
  #closedBytes = 0;
  #isClosed = false;

  constructor(
    codec: RowCodec<Row>,
    limits: BatchLimits,
    pool: PagePool,
    clock: Clock,
    onReady: () => void,
  ) {
    this.#codec = codec;
    this.#open = new Batch(0, codec);
    this.#limits = limits;
    this.#clock = clock;
    this.#writer = new PageWriter(pool);
    this.#onReady = onReady;
  }

  /**
   * Encodes the row into the open batch, unless it takes more than `room` bytes.
   *
   * @returns the bytes that the row takes; or the encoded row, if it takes more than `room`: it was not
   * appended then, and `appendTuple` takes it later.
   * @throws what the encoder throws; the batch is then as it was before.
   * @throws EncodeError if it is called from inside the encoder, by a getter or a `toJSON`.
   * @throws ClosedError if the batcher was closed meanwhile.
   */
  append(row: Row, room: number, insert?: InsertWaiter, unit?: Unit): number | Buffer {
    const writer = this.#writer;
    if (writer.isInTuple) {
      throw new EncodeError(undefined, row, NOT_ALONE);
    }
    try {
      this.#codec.encode(row, writer);
      // A getter or a toJSON of the row may have closed the batcher.
      if (this.#isClosed) {
        throw new ClosedError();
      }
    } catch (error) {
      writer.undoTuple();
      throw error;
    }
    const bytes = writer.tupleBytes;
    if (bytes > room) {
      return writer.cutTuple();
    }
    this.#endTuple(bytes, insert, unit);
    return bytes;
  }

  /**
   * Appends a row, or the rows of a unit, that were encoded earlier.
   *
   * @throws EncodeError if an unfinished row is in the way.
   */
  appendTuple(tuple: Buffer, insert?: InsertWaiter, unit?: Unit): void {
    if (this.#writer.isInTuple) {
      throw new EncodeError(undefined, undefined, NOT_ALONE);
    }
    if (unit?.ends === undefined) {
      this.#writer.bytes(tuple);
      this.#endTuple(tuple.length, insert, unit);
    } else {
      this.#appendUnit(tuple, unit.ends, unit);
    }
  }

  /** What rows are written with. */
  get codec(): RowCodec<Row> {
    return this.#codec;
  }

  /** From now on rows are written with another codec. The open batch is closed, if it has rows. */
  changeCodec(codec: RowCodec<Row>): void {
    this.#codec = codec;
    if (this.#open.isEmpty) {
      this.#open.codec = codec;
    } else {
      this.#close(this.#writer.takePages(LEAST_SHARE_WHEN_FULL));
      this.#onReady();
    }
  }

  /**
   * Writes what was encoded by another codec again.
   *
   * @param ends where its tuples end, if there is not exactly one
   */
  recode(tuples: Buffer, from: RowCodec<Row>, ends: readonly number[] = [tuples.length]): Tuples {
    const rows = ends.map((end, index) => {
      return from.decode(new ByteReader(tuples, ends[index - 1] ?? 0, end));
    });
    return encodeTuples(rows, this.#codec);
  }

  /** Rows appended so far, and invalid ones. */
  get rows(): number {
    return this.#closedRows + this.#open.rowsToSettle;
  }

  /** Bytes appended so far. */
  get bytes(): number {
    return this.#closedBytes + this.#open.bytes;
  }

  /** Whether there is a batch to take. */
  get hasBatch(): boolean {
    return this.#closed.length > 0 || this.#isDue;
  }

  /** Whether a full batch waits for a lane. */
  get hasFullBatch(): boolean {
    return this.#closed.length > 0;
  }

  /** The next batch for a lane: the oldest full one; if there is none, the open one if it is due. */
  take(): Batch | undefined {
    if (this.#closed.length === 0 && this.#isDue) {
      this.#close(this.#writer.takePages(LEAST_SHARE_WHEN_DUE));
    }
    return this.#closed.shift();
  }

  /** Makes the open batch due, and returns what covers all rows accepted so far. */
  flush(): FlushPoint {
    const { sequence, rows, isEmpty } = this.#open;
    if (!isEmpty) {
      this.#becomeDue();
    }
    return { sequence, rows, hasBegun: !isEmpty };
  }

  /** Appends no more rows; those that were appended can still be taken. */
  close(): void {
    this.#isClosed = true;
  }

  #endTuple(bytes: number, insert: InsertWaiter | undefined, unit: Unit | undefined): void {
    this.#writer.endTuple();
    const batch = this.#open;
    if (insert !== undefined) {
      batch.inserts.add(batch.rows, insert);
    }
    batch.rows++;
    batch.bytes += bytes;
    if (unit !== undefined) {
      this.#addUnit(unit, batch.rows - 1);
    }
    this.#closeOrWait(insert);
  }

  #appendUnit(tuples: Buffer, ends: readonly number[], unit: Unit): void {
    const batch = this.#open;
    const from = batch.rows;
    let start = 0;
    for (const end of ends) {
      this.#writer.bytes(tuples.subarray(start, end));
      this.#writer.endTuple();
      start = end;
    }
    batch.rows += ends.length;
    batch.bytes += tuples.length + (unit.invalid?.bytes ?? 0);
    this.#addUnit(unit, from);
    this.#closeOrWait(undefined);
  }

  #addUnit(unit: Unit, from: number): void {
    const batch = this.#open;
    batch.units ??= new Units();
    batch.units.add(unit, { from, to: batch.rows });
  }

  /** Closes the batch if it is full; otherwise it becomes due, now or when it is old enough. */
  #closeOrWait(insert: InsertWaiter | undefined): void {
    const batch = this.#open;
    if (batch.rows >= this.#limits.maxBatchRows || batch.bytes >= this.#limits.maxBatchBytes) {
      this.#close(this.#writer.takePages(LEAST_SHARE_WHEN_FULL));
      this.#onReady();
    } else if (insert !== undefined) {
      this.#becomeDue();
    } else {
      this.#cancelAge ??= this.#clock.after(this.#limits.flushIntervalMs, () => this.#becomeDue());
    }
  }

  #becomeDue(): void {
    if (!this.#isDue) {
      this.#isDue = true;
      this.#clock.soon(this.#onReady);
    }
  }

  #close(pages: readonly Page[]): void {
    this.#cancelAge?.();
    this.#cancelAge = undefined;
    this.#isDue = false;
    const batch = this.#open;
    batch.pages = pages;
    this.#closedRows += batch.rowsToSettle;
    this.#closedBytes += batch.bytes;
    this.#closed.push(batch);
    this.#open = new Batch(batch.sequence + 1, this.#codec);
  }
}
