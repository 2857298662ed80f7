import { Admission } from "../batch/admission.js";
import type { Batch } from "../batch/batch.js";
import { Batcher } from "../batch/batcher.js";
import { NumberedQueue, type NumberedRows } from "../batch/numbered-queue.js";
import type { RowCodec } from "../batch/row-codec.js";
import type { RowPath, RowPathParts } from "../batch/row-path.js";
import { encodeTuples } from "../batch/tuple-writer.js";
import { ByteReader } from "../bytes/byte-reader.js";
import type { WantedSource } from "../source/claim-own.js";
import type { OwnSource, SourceHooks } from "../source/own-source.js";
import type { Cursor } from "../spool/cursor.js";
import type { FrameReader, StoredRows } from "../spool/frame-reader.js";
import type { RowsToStore } from "../spool/group.js";
import type { RowFormat } from "../table/row-format.js";
import { Gathering } from "./gathering.js";
import type { Spool, StreamTable, TakenRows } from "./spool.js";
import { codecOfForm, isSameForm, storedFormOf } from "./stored-form.js";
import { TableFeed } from "./table-feed.js";
import { TableMemory } from "./table-memory.js";

/** What a table's rows go through on their way over the disk. */
export interface SpooledTableParts<Row extends object> extends RowPathParts<Row>, SpooledTarget {
  readonly spool: Spool;
}

/** The table that stored rows are written to. */
export interface SpooledTarget {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** Claims a source whose rows are written to it. */
  readonly claim: (source: WantedSource, hooks: SourceHooks) => Promise<OwnSource>;
}

/** The most bytes that are made durable at once for one table; larger syncs take longer and gain nothing. */
const MOST_BYTES_AT_ONCE = 2 ** 20;

/** Rows that are on disk. */
export interface StoredRange {
  /** The number of the first row that is to be written. */
  readonly next: number;
  /** The number after that of the last one. */
  readonly end: number;
  /** Where they are; undefined if there are none. */
  readonly at: Cursor | undefined;
}

/** One table's rows in a spool: gathered, made durable, numbered, and passed on in order. */
export class SpooledTable<Row extends object> implements RowPath<Row>, StreamTable {
  readonly admission: Admission<Row>;
  readonly queue: NumberedQueue<Row>;
  /** Its number in the stream of this process. */
  readonly number: number;
  readonly memory: TableMemory;
  readonly #parts: SpooledTableParts<Row>;
  readonly #gathering: Gathering<Row>;
  /** The numbers of the forms of its rows, by what they were written with. */
  readonly #forms = new Map<RowCodec<unknown>, number>();
  /** The number of the next row that is made durable. */
  #nextRow = 0;
  #live: TableFeed<Row> | undefined;
  /** Those of former lives, the oldest first: rows of this one come after them. */
  #former: TableFeed<Row>[] = [];
  #formerRows = 0;
  #damage: Error | undefined;
  /** How rows are written now. */
  #codec: RowCodec<Row>;

  constructor(parts: SpooledTableParts<Row>) {
    const { clock, codec, hooks, limits, onReady, pages, spool } = parts;
    this.#parts = parts;
    this.#codec = codec;
    this.number = spool.join(this);
    this.queue = new NumberedQueue(codec, limits, pages, clock, { onReady });
    const all = { maxBatchRows: Infinity, maxBatchBytes: MOST_BYTES_AT_ONCE, flushIntervalMs: 0 };
    const gathered = new Batcher(codec, all, pages, clock, {
      onReady: () => spool.request(this),
      onClosed: (batch) => this.#gathering.close(batch),
    });
    this.admission = new Admission(gathered, spool.gathering, clock, hooks);
    this.#gathering = new Gathering({ gathered, admission: this.admission });
    this.memory = new TableMemory(spool.memory, clock, {
      flush: () => void this.queue.flush(),
      onRoom: () => this.#next?.run(),
    });
  }

  /** Rows that are durable. */
  get storedRows(): number {
    return this.#nextRow;
  }

  /** Its source in the ledger; undefined before it is claimed. */
  get source(): OwnSource | undefined {
    return this.#live?.source;
  }

  /** Claims the source of its rows. */
  async start(): Promise<void> {
    const { claim, spool } = this.#parts;
    const name = spool.sourceName(this.number);
    const source = await claim({ name, start: 0n }, this.#hooks);
    await spool.noteClaim(this.number);
    const stored = { next: 0, end: 0, at: undefined };
    this.#live = this.#feedOf(source, stored, (at) => spool.readFrom(this.number, at));
  }

  get #hooks(): SourceHooks {
    const { name, spool } = this.#parts;
    return {
      onLost: (error) => spool.onLost(name, error),
      refuseWaiting: () => false,
      warn: noop,
    };
  }

  /** Adds rows of a former life, which are written before those of this one. */
  addFormer(source: OwnSource, stored: StoredRange, readFrom: (at: Cursor) => FrameReader): void {
    this.#formerRows += stored.end - stored.next;
    this.#former.push(this.#feedOf(source, stored, readFrom));
    this.#next?.run();
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
    this.queue.changeCodec(codec);
  }

  release(batch: Batch): void {
    batch.pages.forEach((page) => this.#parts.pages.release(page));
    this.memory.release(batch.bytes);
    this.#parts.spool.settled();
  }

  /** The next rows to make durable; undefined if there are none. */
  take(): TakenRows | undefined {
    const batch = this.#gathering.take();
    return batch && { batch, rows: this.#rowsOf(batch) };
  }

  /** Called when the rows of a batch are durable. */
  stored(batch: Batch, at: Cursor): void {
    const firstNumber = this.#nextRow;
    this.#nextRow += batch.rows;
    this.#live?.offer({
      codec: batch.codec,
      firstNumber,
      rows: batch.rows,
      bytes: batch.bytes,
      tuples: batch.pages.map(({ tuples }) => tuples),
      inserts: batch.inserts.isEmpty ? undefined : batch.inserts,
      at,
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
    await this.#gathering.flush();
    this.queue.flush();
    await this.#live?.source.flushTo(BigInt(this.#nextRow));
    if (this.#damage !== undefined) {
      const damage = this.#damage;
      this.#damage = undefined;
      throw damage;
    }
  }

  /** Accepts nothing more. */
  leave(error: Error): void {
    [...this.#former, this.#live].forEach((feed) => feed?.end(error));
    this.memory.leave();
  }

  /** The feed whose turn it is. */
  get #next(): TableFeed<Row> | undefined {
    return this.#former[0] ?? this.#live;
  }

  #rowsOf({ codec, rows, pages }: Batch): RowsToStore {
    const tuples = pages.map((page) => page.tuples);
    return { form: this.#formOf(codec), firstRow: this.#nextRow, rows, tuples };
  }

  #formOf(codec: RowCodec<unknown>): number {
    let form = this.#forms.get(codec);
    if (form === undefined) {
      const { name, spool } = this.#parts;
      const { columns } = codec as RowFormat<Row>;
      form = spool.addForm(storedFormOf({ number: this.number, name }, columns));
      this.#forms.set(codec, form);
    }
    return form;
  }

  #feedOf(
    source: OwnSource,
    stored: StoredRange,
    readFrom: (at: Cursor) => FrameReader,
  ): TableFeed<Row> {
    const feed: TableFeed<Row> = new TableFeed<Row>(
      {
        source,
        queue: this.queue,
        memory: this.memory,
        isNext: () => this.#next === feed,
        readFrom,
        convert: (rows) => this.#convert(rows),
        onDrained: () => this.#onDrained(feed),
        onDamaged: (error) => this.#onDamaged(feed, error),
      },
      stored,
    );
    return feed;
  }

  #onDrained(feed: TableFeed<Row>): void {
    if (feed !== this.#live) {
      this.#former = this.#former.filter((other) => other !== feed);
      this.#next?.run();
    }
  }

  #onDamaged(feed: TableFeed<Row>, error: Error): void {
    this.#damage ??= error;
    this.#parts.spool.onDamaged(this.#parts.name, error);
    this.#onDrained(feed);
  }

  /** The table may have changed since rows were written. */
  #convert({ form, tuples }: StoredRows): Pick<NumberedRows, "codec" | "tuples" | "bytes"> {
    const format = this.#codec as RowFormat<Row>;
    if (isSameForm(form, format.columns)) {
      return { codec: format, tuples: [tuples], bytes: tuples.length };
    }
    const former = codecOfForm(form);
    const input = new ByteReader(tuples);
    const rows: Row[] = [];
    while (input.remaining > 0) {
      rows.push(former.decode(input) as Row);
    }
    const encoded = encodeTuples(rows, format).tuples;
    return { codec: format, tuples: [encoded], bytes: encoded.length };
  }
}

function noop(): void {}
