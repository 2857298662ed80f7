import { Admission } from "../batch/admission.js";
import type { Batch } from "../batch/batch.js";
import { Batcher } from "../batch/batcher.js";
import { sleep } from "../batch/clock.js";
import { NumberedQueue } from "../batch/numbered-queue.js";
import type { RowCodec } from "../batch/row-codec.js";
import type { RowPath, RowPathParts } from "../batch/row-path.js";
import type { InvalidRow } from "../batch/units.js";
import { deferred, type Deferred } from "../copy/deferred.js";
import {
  BatchCopyError,
  ClosedError,
  RowsRejectedError,
  SpoolCorruptError,
  SpoolError,
  type EncodeError,
} from "../errors.js";
import type { WantedSource } from "../source/claim-own.js";
import type { SourcePlace } from "../source/make-invalid-row.js";
import type { OwnSource, SourceHooks } from "../source/own-source.js";
import type { FrameReader, StoredRows } from "../spool/frame-reader.js";
import type { RowsToStore } from "../spool/group.js";
import type { StoredForm } from "../spool/stored-form.js";
import type { RowFormat } from "../table/row-format.js";
import type { FormerRows, FormerTable } from "./former-target.js";
import { Gathering } from "./gathering.js";
import type { LiveStream } from "./live-stream.js";
import { recodeRows, type ConvertedRows } from "./recode-rows.js";
import { RowAges } from "./row-ages.js";
import type { Spool } from "./spool.js";
import { isSameForm, storedFormOf, type StoredSettings } from "./stored-form.js";
import type { StreamTable, TakenRows } from "./stream-table.js";
import { TableFeed, type StoredRange } from "./table-feed.js";
import { TableMemory } from "./table-memory.js";

/** What a table's rows go through on their way over the disk. */
export interface SpooledTableParts<Row extends object> extends RowPathParts<Row>, SpooledTarget {
  readonly spool: Spool;
}

/** Milliseconds before another attempt to claim a source. */
const RETRY_MS = 1000;

/** The table that stored rows are written to. */
export interface SpooledTarget {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** What else is needed to write rows to it later. */
  readonly settings: StoredSettings;
  /** Whether it was looked at; otherwise the database is away, and claiming takes as long as that. */
  readonly isThere: boolean;
  /** Called if rows that were committed are neither in it nor on disk any more. */
  readonly onForgotten: (rows: number) => void;
  /** Keeps a row that cannot be encoded any more. */
  readonly invalidRow: (row: object, error: EncodeError, place: SourcePlace) => InvalidRow;
  /** Claims a source whose rows are written to it. */
  readonly claim: (source: WantedSource, hooks: SourceHooks) => Promise<OwnSource>;
}

/** One table's rows in a spool: gathered, made durable, numbered, and passed on in order. */
export class SpooledTable<Row extends object> implements RowPath<Row>, StreamTable, FormerTable {
  readonly admission: Admission<Row>;
  readonly queue: NumberedQueue<Row>;
  readonly memory: TableMemory;
  readonly #parts: SpooledTableParts<Row>;
  readonly #gathering: Gathering<Row>;
  /** Rows that do not wait for room on disk. */
  readonly #first: Batcher<Row>;
  /** The numbers of the forms of its rows, by what they were written with. */
  readonly #forms = new Map<RowCodec<unknown>, number>();
  /** Its number in the stream of this process. */
  #number = -1;
  #stream: LiveStream;
  /** The number of the next row that is made durable. */
  #nextRow = 0;
  /** Resolves when the source of its rows is claimed. */
  #claimed: Deferred<void> = deferred();
  /** Rejects if only an operator can help. */
  #stuck: Deferred<void> = handled();
  /** Whether it is noted on disk that the source is claimed. */
  #isNoted = false;
  /** The fates of rows that were left in streams before this one. */
  #moved: Promise<Error | undefined>[] = [];
  #isClosed = false;
  /** Whether what is not written is left on disk. */
  #isLeft = false;
  readonly #left: Deferred<void> = deferred();
  /** Whether rows of this life wait for those of former ones, which other instances write. */
  #isHeld = false;
  #live: TableFeed<Row> | undefined;
  /** Those of former lives, the oldest first: rows of this one come after them. */
  #former: TableFeed<Row>[] = [];
  #formerRows = 0;
  readonly #ages = new RowAges();
  #compared:
    | { readonly format: object; readonly form: StoredForm; readonly isSame: boolean }
    | undefined;
  #damage: Error | undefined;
  /** How rows are written now. */
  #codec: RowCodec<Row>;

  constructor(parts: SpooledTableParts<Row>) {
    const { clock, codec, hooks, limits, onReady, pages, spool } = parts;
    this.#parts = parts;
    this.#stream = spool.stream;
    this.#codec = codec;
    this.queue = new NumberedQueue(codec, limits, pages, clock, { onReady });
    const maxBatchBytes = spool.mostBytesAtOnce;
    const all = { maxBatchRows: Infinity, maxBatchBytes, flushIntervalMs: 0 };
    const gathered = new Batcher(codec, all, pages, clock, {
      onReady: () => spool.request(this),
      onClosed: (batch) => this.#gathering.close(batch),
    });
    this.#first = new Batcher(codec, all, pages, clock, {
      onReady: () => spool.requestNow(this),
      onClosed: (batch) => this.#gathering.closeFirst(batch),
    });
    this.admission = new Admission(gathered, spool.gathering, clock, hooks);
    const { admission } = this;
    this.#gathering = new Gathering({ gathered, first: this.#first, admission, pages });
    this.memory = new TableMemory(spool.memory, clock, {
      flush: () => void this.queue.flush(),
      onRoom: () => this.#next?.run(),
    });
  }

  /** Rows that are durable. */
  get storedRows(): number {
    return this.#nextRow;
  }

  get name(): string {
    return this.#parts.name;
  }

  get heldBytes(): number {
    return this.#stream.bytesOf(this.#number, Number(this.source?.position ?? 0n));
  }

  get waitingSince(): number | undefined {
    const committed = Number(this.source?.position ?? 0n);
    return committed < this.#nextRow ? this.#ages.since(committed) : undefined;
  }

  /** Its source in the ledger; undefined before it is claimed. */
  get source(): OwnSource | undefined {
    return this.#live?.source;
  }

  async start(): Promise<void> {
    this.begin();
    if (this.#parts.isThere) {
      await this.#claim();
    } else {
      void this.claim();
    }
  }

  begin(): void {
    const { spool } = this.#parts;
    const { stream } = spool;
    const number = stream.addTable();
    this.#number = number;
    this.#stream = stream;
    this.#forms.clear();
    this.#formerRows += this.#nextRow;
    this.#nextRow = 0;
    this.#ages.clear();
    this.#isNoted = false;
    this.#beginFeed();
    spool.join(this);
  }

  /** Passes on what is on disk, and what will be, once its source is claimed. */
  #beginFeed(): void {
    const [stream, number] = [this.#stream, this.#number];
    const stored = { next: 0, end: this.#nextRow };
    this.#claimed = deferred();
    this.#live = this.#feedOf(stored, (row) => stream.readFrom(number, row));
  }

  async claim(): Promise<void> {
    const { clock, name, spool } = this.#parts;
    const live = this.#live;
    while (live === this.#live && !this.#isLeft && !spool.isClosed) {
      try {
        return await this.#claim();
      } catch (error) {
        if (live === this.#live) {
          spool.onUnclaimed(name, error as Error);
          if (error instanceof SpoolError) {
            this.#stuck.reject(error);
          }
          await sleep(clock, RETRY_MS);
        }
      }
    }
  }

  /** Claims the source of its rows. They are written after those that former lives have left. */
  async #claim(): Promise<void> {
    const { name, spool } = this.#parts;
    const [live, stream, number] = [this.#live!, this.#stream, this.#number];
    const source = await this.#claimSource(stream.sourceName(number), {
      wasClaimed: this.#isNoted,
      onLost: (error) => this.#onLost(live, error),
    });
    if (!this.#isNoted && live === this.#live) {
      await stream.noteClaim(number);
    }
    if (live !== this.#live) {
      // Another stream has begun meanwhile.
      return;
    }
    this.#isNoted = true;
    this.#isHeld = true;
    live.begin(source);
    this.#claimed.resolve();
    this.#stuck = handled();
    void spool.formerWritten(name).then(() => {
      if (live === this.#live) {
        this.#isHeld = false;
        this.#next?.run();
      }
    });
  }

  #onLost(live: TableFeed<Row>, error: Error): void {
    const { name, spool } = this.#parts;
    if (live !== this.#live || this.#isLeft || spool.isClosed) {
      return;
    }
    if (error instanceof SpoolCorruptError || !this.#stream.isOurs) {
      spool.onLost(name, error);
    } else {
      spool.onInterrupted(name, error);
      void this.#goOn(error);
    }
  }

  /** Claims the source again after a pause, and goes on where the ledger stands then. */
  async #goOn(error: Error): Promise<void> {
    this.#live!.end(error);
    this.#beginFeed();
    const live = this.#live;
    await sleep(this.#parts.clock, RETRY_MS);
    if (live === this.#live) {
      await this.claim();
    }
  }

  leave(reason: Error): void {
    this.#live?.end(reason);
  }

  moved(fate: Promise<Error | undefined>): void {
    if (Number(this.source?.position ?? 0n) < this.#nextRow) {
      this.#moved.push(fate);
    }
  }

  close(): void {
    this.#isClosed = true;
  }

  abandon(): void {
    this.#isLeft = true;
    this.#left.resolve();
    const error = new ClosedError();
    // What is on disk only is nothing that the delivery gives up.
    this.#former.forEach((feed) => feed.end(error));
    this.#live?.end(error);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async adopt(rows: FormerRows): Promise<OwnSource> {
    const { name, firstRow, endRow, wasClaimed } = rows;
    const onLost = (): void => this.#dropEnded();
    const source = await this.#claimSource(name, { wasClaimed, onLost });
    if (!wasClaimed) {
      await rows.noteClaim();
    }
    if (this.#isLeft) {
      // The rows would go to a delivery that was given up.
      throw new ClosedError();
    }
    const position = Number(source.position);
    if (position > endRow) {
      throw new SpoolError(
        `the ledger has ${name} at ${position}, but its files end at ${endRow}: they are not those that the ledger knows`,
      );
    }
    const next = Math.max(position, firstRow);
    if (next > position) {
      this.#parts.onForgotten(next - position);
    }
    this.#formerRows += endRow - next;
    if (next < endRow) {
      const feed = this.#feedOf({ next, end: endRow }, rows.readFrom);
      this.#former.push(feed);
      feed.begin(source);
    }
    return source;
  }

  /** @throws SpoolError if the ledger has known the source, and does not any more */
  async #claimSource(
    name: string,
    {
      wasClaimed,
      onLost,
    }: { readonly wasClaimed: boolean; readonly onLost: SourceHooks["onLost"] },
  ): Promise<OwnSource> {
    // It is noted on disk.
    const wanted = { name, start: wasClaimed ? undefined : 0n, isDurable: true };
    const hooks = { onLost, refuseWaiting: () => false, warn: noop, keepsRows: true };
    try {
      return await this.#parts.claim(wanted, hooks);
    } catch (error) {
      throw error instanceof BatchCopyError && error.code === "SOURCE_UNKNOWN"
        ? new SpoolError(
            `the ledger has forgotten the source ${name}: nobody knows which of its rows are in the table. Insert its row into the ledger again; its position is the number of its rows that are in the table`,
            { cause: error },
          )
        : error;
    }
  }

  get acceptedRows(): number {
    return this.#nextRow + this.#formerRows;
  }

  get bufferedBytes(): number {
    return this.admission.bufferedBytes + this.memory.bytes;
  }

  changeCodec(codec: RowCodec<Row>): void {
    this.#codec = codec;
    this.admission.changeCodec(codec);
    this.#first.changeCodec(codec);
    this.queue.changeCodec(codec);
  }

  release(batch: Batch): void {
    batch.pages.forEach((page) => this.#parts.pages.release(page));
    this.memory.release(batch.bytes);
    this.#parts.spool.settled();
  }

  flushGathered(): Promise<void> {
    return this.#gathering.flush();
  }

  take(hasRoom: (bytes: number) => boolean): TakenRows | undefined {
    const taken = this.#gathering.take(hasRoom);
    return taken && { ...taken, rows: this.#rowsOf(taken.batch) };
  }

  /** Called when the rows of a batch are durable. */
  stored(batch: Batch): void {
    const firstNumber = this.#nextRow;
    const committed = Number(this.source?.position ?? 0n);
    this.#ages.note(firstNumber, this.#parts.clock.now(), committed);
    this.#nextRow += batch.rows;
    this.#live?.offer({
      codec: batch.codec,
      firstNumber,
      rows: batch.rows,
      bytes: batch.bytes,
      tuples: batch.pages.map(({ tuples }) => tuples),
      inserts: batch.inserts.isEmpty ? undefined : batch.inserts,
    });
    batch.pages.forEach((page) => this.#parts.pages.release(page));
    this.#gathering.stored(batch);
  }

  /** Called when rows could not be made durable. */
  fail(taken: Batch | undefined, error: Error): void {
    this.#gathering.fail(taken, error);
  }

  /** Resolves when all rows that were sent are durable and written, or passed by. */
  async flush(): Promise<void> {
    const written = this.#gathering.flush().then(() => this.#written());
    // Rows may also wait for room that nothing makes as long as the table is stuck.
    await Promise.race([written, this.#stuck.promise, this.#left.promise]);
    if (this.#damage !== undefined) {
      const damage = this.#damage;
      this.#damage = undefined;
      throw damage;
    }
  }

  /** Resolves when the rows that are durable are written, in this stream or as those of a former life. */
  async #written(): Promise<void> {
    const { name, spool } = this.#parts;
    await this.#throwIfStuck();
    while (true) {
      await spool.changed();
      await spool.formerWritten(name);
      if (this.#nextRow === 0) {
        return this.#throwIfStuck();
      }
      await this.#claimed.promise;
      const [live, stream] = [this.#live, this.#stream];
      try {
        this.queue.flush();
        await live?.source?.flushTo(BigInt(this.#nextRow));
        return await this.#throwIfStuck();
      } catch (error) {
        const goesOn = spool.isChanging || this.#live !== live || spool.stream !== stream;
        if (error instanceof RowsRejectedError || error instanceof SpoolError || !goesOn) {
          throw error;
        }
      }
    }
  }

  /** Waits for the rows that were left in streams before this one. */
  async #throwIfStuck(): Promise<void> {
    const fates = await Promise.all(this.#moved);
    this.#moved = this.#moved.slice(fates.length);
    const error = fates.find((fate) => fate !== undefined);
    if (error !== undefined) {
      throw error;
    }
  }

  /** The feed whose turn it is. */
  get #next(): TableFeed<Row> | undefined {
    return this.#former[0] ?? (this.#isHeld ? undefined : this.#live);
  }

  #rowsOf({ codec, rows, pages }: Batch): RowsToStore {
    const tuples = pages.map((page) => page.tuples);
    return { form: this.#formOf(codec), firstRow: this.#nextRow, rows, tuples };
  }

  #formOf(codec: RowCodec<unknown>): number {
    let form = this.#forms.get(codec);
    if (form === undefined) {
      const { name, settings } = this.#parts;
      const { columns } = codec as RowFormat<Row>;
      form = this.#stream.addForm(storedFormOf({ number: this.#number, name, settings }, columns));
      this.#forms.set(codec, form);
    }
    return form;
  }

  #feedOf(stored: StoredRange, readFrom: (row: number) => FrameReader): TableFeed<Row> {
    const feed: TableFeed<Row> = new TableFeed<Row>(
      {
        queue: this.queue,
        memory: this.memory,
        isNext: () => this.#next === feed,
        readFrom,
        convert: (rows, source) => this.#convert(rows, source),
        onDrained: () => this.#onDrained(feed),
        onDamaged: (error) => this.#onDamaged(feed, error),
      },
      stored,
    );
    return feed;
  }

  /** Those whose sources have ended make room for another attempt. */
  #dropEnded(): void {
    this.#parts.clock.soon(() => {
      this.#former.forEach((feed) => {
        if (feed.source?.isEnded === true && !feed.isEnded) {
          feed.end(new Error("its source has ended"));
        }
      });
      this.#former = this.#former.filter((feed) => !feed.isEnded);
      this.#next?.run();
    });
  }

  #onDrained(feed: TableFeed<Row>): void {
    if (feed !== this.#live) {
      // They have waited long enough.
      this.queue.flush();
      this.#former = this.#former.filter((other) => other !== feed);
      this.#next?.run();
    }
  }

  #onDamaged(feed: TableFeed<Row>, error: Error): void {
    const { name, spool } = this.#parts;
    this.#damage ??= error;
    feed.source?.end(error);
    if (feed !== this.#live) {
      spool.onDamaged(name, error);
      this.#onDrained(feed);
    }
  }

  /** Whether rows of a form need not be written anew. Most frames have the form of the one before. */
  #isWrittenAs(format: RowFormat<Row>, form: StoredForm): boolean {
    const last = this.#compared;
    if (last?.format === format && last.form === form) {
      return last.isSame;
    }
    const isSame = isSameForm(form, format.columns);
    this.#compared = { format, form, isSame };
    return isSame;
  }

  /** The rows as they are written now: the table may have changed since. */
  #convert(read: StoredRows, source: OwnSource): ConvertedRows {
    const format = this.#codec as RowFormat<Row>;
    const place = (number: number): SourcePlace => {
      return { source: source.name, position: BigInt(number) };
    };
    return this.#isWrittenAs(format, read.form)
      ? { codec: format, rows: read.rows, bytes: read.tuples.length, tuples: [read.tuples] }
      : recodeRows(read, format, (row, error, number) => {
          return this.#parts.invalidRow(row, error, place(number));
        });
  }
}

function noop(): void {}

/** One whose rejection need not be awaited. */
function handled(): Deferred<void> {
  const made = deferred<void>();
  made.promise.catch(noop);
  return made;
}
