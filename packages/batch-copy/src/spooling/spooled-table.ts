import { Admission } from "../batch/admission.js";
import type { Batch } from "../batch/batch.js";
import { Batcher } from "../batch/batcher.js";
import { NumberedQueue, type NumberedRows } from "../batch/numbered-queue.js";
import type { RowCodec } from "../batch/row-codec.js";
import type { RowPath, RowPathParts } from "../batch/row-path.js";
import { encodeTuples } from "../batch/tuple-writer.js";
import { ByteReader } from "../bytes/byte-reader.js";
import { BatchCopyError, SpoolError } from "../errors.js";
import type { WantedSource } from "../source/claim-own.js";
import type { OwnSource, SourceHooks } from "../source/own-source.js";
import type { Cursor } from "../spool/cursor.js";
import type { FrameReader, StoredRows } from "../spool/frame-reader.js";
import type { RowsToStore } from "../spool/group.js";
import type { RowFormat } from "../table/row-format.js";
import type { FormerRows, FormerTable } from "./former-target.js";
import { Gathering } from "./gathering.js";
import type { Spool } from "./spool.js";
import { codecOfForm, isSameForm, storedFormOf, type StoredSettings } from "./stored-form.js";
import type { StreamTable, TakenRows } from "./stream-table.js";
import { TableFeed, type StoredRange } from "./table-feed.js";
import { TableMemory } from "./table-memory.js";

/** What a table's rows go through on their way over the disk. */
export interface SpooledTableParts<Row extends object> extends RowPathParts<Row>, SpooledTarget {
  readonly spool: Spool;
}

/** The table that stored rows are written to. */
export interface SpooledTarget {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** What else is needed to write rows to it later. */
  readonly settings: StoredSettings;
  /** Claims a source whose rows are written to it. */
  readonly claim: (source: WantedSource, hooks: SourceHooks) => Promise<OwnSource>;
}

/** The most bytes that are made durable at once for one table; larger syncs take longer and gain nothing. */
const MOST_BYTES_AT_ONCE = 2 ** 20;

/** One table's rows in a spool: gathered, made durable, numbered, and passed on in order. */
export class SpooledTable<Row extends object> implements RowPath<Row>, StreamTable, FormerTable {
  readonly admission: Admission<Row>;
  readonly queue: NumberedQueue<Row>;
  readonly memory: TableMemory;
  readonly #parts: SpooledTableParts<Row>;
  readonly #gathering: Gathering<Row>;
  /** The numbers of the forms of its rows, by what they were written with. */
  readonly #forms = new Map<RowCodec<unknown>, number>();
  /** Its number in the stream of this process. */
  #number = -1;
  /** The number of the next row that is made durable. */
  #nextRow = 0;
  /** Whether rows of this life wait for those of former ones, which other instances write. */
  #isHeld = false;
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

  /** Claims the source of its rows. They are written after those that former lives have left. */
  async start(): Promise<void> {
    const { claim, name, spool } = this.#parts;
    this.#number = spool.join(this);
    const source = await claim({ name: spool.sourceName(this.#number), start: 0n }, this.#hooks);
    await spool.noteClaim(this.#number);
    const stored = { next: 0, end: 0, at: undefined };
    this.#live = this.#feedOf(source, stored, (at) => spool.readFrom(this.#number, at));
    this.#isHeld = true;
    void spool.formerWritten(name).then(() => {
      this.#isHeld = false;
      this.#next?.run();
    });
  }

  get #hooks(): SourceHooks {
    const { name, spool } = this.#parts;
    return {
      onLost: (error) => spool.onLost(name, error),
      refuseWaiting: () => false,
      warn: noop,
    };
  }

  async adopt(rows: FormerRows): Promise<OwnSource> {
    const { name, firstRow, endRow, wasClaimed } = rows;
    const source = await this.#claimFormer(rows);
    if (!wasClaimed) {
      await rows.noteClaim();
    }
    const position = Number(source.position);
    if (position > endRow) {
      throw new SpoolError(
        `the ledger has ${name} at ${position}, but its files end at ${endRow}: they are not those that the ledger knows`,
      );
    }
    const next = Math.max(position, firstRow);
    this.#parts.spool.onForgotten(this.#parts.name, next - position);
    this.#formerRows += endRow - next;
    this.#former.push(
      this.#feedOf(source, { next, end: endRow, at: rows.at(next) }, rows.readFrom),
    );
    this.#next?.run();
    return source;
  }

  async #claimFormer({ name, wasClaimed }: FormerRows): Promise<OwnSource> {
    try {
      const start = wasClaimed ? undefined : 0n;
      return await this.#parts.claim({ name, start }, this.#hooks);
    } catch (error) {
      throw error instanceof BatchCopyError && error.code === "SOURCE_UNKNOWN"
        ? new SpoolError(
            `the ledger has forgotten the source ${name}: nobody knows which of its rows are in the table`,
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
      const { name, settings, spool } = this.#parts;
      const { columns } = codec as RowFormat<Row>;
      form = spool.addForm(storedFormOf({ number: this.#number, name, settings }, columns));
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
