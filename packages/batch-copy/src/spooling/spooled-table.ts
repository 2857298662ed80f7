import { Admission } from "../batch/admission.js";
import type { Batch } from "../batch/batch.js";
import { Batcher } from "../batch/batcher.js";
import { NumberedQueue } from "../batch/numbered-queue.js";
import type { RowCodec } from "../batch/row-codec.js";
import type { RowPath, RowPathParts } from "../batch/row-path.js";
import { deferred, type Deferred } from "../copy/deferred.js";
import { ClosedError, RowsRejectedError, SpoolError } from "../errors.js";
import type { OwnSource } from "../source/own-source.js";
import type { RowsToStore } from "../spool/group.js";
import { claimSpooledSource } from "./claim-spooled-source.js";
import type { FormerRows, FormerTable } from "./former-target.js";
import { Gathering } from "./gathering.js";
import { LiveClaim } from "./live-claim.js";
import type { LiveStream } from "./live-stream.js";
import { RowAges } from "./row-ages.js";
import { RowConverter } from "./row-converter.js";
import type { Spool } from "./spool.js";
import type { SpooledTarget } from "./spooled-target.js";
import type { StreamTable, TakenRows } from "./stream-table.js";
import { TableFeeds } from "./table-feeds.js";
import { TableForms } from "./table-forms.js";
import { TableMemory } from "./table-memory.js";

/** What a table's rows go through on their way over the disk. */
export interface SpooledTableParts<Row extends object> extends RowPathParts<Row>, SpooledTarget {
  readonly spool: Spool;
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
  readonly #forms: TableForms;
  readonly #converter: RowConverter<Row>;
  readonly #feeds: TableFeeds<Row>;
  readonly #claim: LiveClaim<Row>;
  /** Its number in the stream of this process. */
  #number = -1;
  #stream: LiveStream;
  /** The number of the next row that is made durable. */
  #nextRow = 0;
  #formerRows = 0;
  /** The fates of rows that were left in streams before this one. */
  #moved: Promise<Error | undefined>[] = [];
  #isClosed = false;
  /** Whether what is not written is left on disk. */
  #isLeft = false;
  readonly #left: Deferred<void> = deferred();
  readonly #ages = new RowAges();

  constructor(parts: SpooledTableParts<Row>) {
    const { clock, codec, hooks, limits, onReady, pages, spool } = parts;
    this.#parts = parts;
    this.#stream = spool.stream;
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
      onRoom: () => this.#feeds.run(),
    });
    this.#forms = new TableForms(parts);
    this.#converter = new RowConverter(codec, parts);
    this.#feeds = new TableFeeds({
      queue: this.queue,
      memory: this.memory,
      convert: (rows, source) => this.#converter.convert(rows, source),
      clock,
      onFormerDamaged: (error) => spool.onDamaged(parts.name, error),
    });
    this.#claim = new LiveClaim({
      name: parts.name,
      claim: parts.claim,
      clock,
      spool,
      feeds: this.#feeds,
      storedRows: () => this.#nextRow,
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
    return this.#feeds.live?.source;
  }

  async start(): Promise<void> {
    this.begin();
    if (this.#parts.isThere) {
      await this.#claim.once();
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
    this.#claim.begin(stream, number);
    spool.join(this);
  }

  claim(): Promise<void> {
    return this.#claim.untilClaimed();
  }

  leave(reason: Error): void {
    this.#feeds.live?.end(reason);
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
    this.#claim.stop();
    this.#left.resolve();
    // What is on disk only is nothing that the delivery gives up.
    this.#feeds.end(new ClosedError());
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async adopt(rows: FormerRows): Promise<OwnSource> {
    const { name, firstRow, endRow, wasClaimed } = rows;
    const onLost = (): void => this.#feeds.dropEnded();
    const source = await claimSpooledSource(this.#parts, { name, wasClaimed, onLost });
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
      this.#feeds.addFormer({ next, end: endRow }, rows.readFrom).begin(source);
    }
    return source;
  }

  get acceptedRows(): number {
    return this.#nextRow + this.#formerRows;
  }

  get bufferedBytes(): number {
    return this.admission.bufferedBytes + this.memory.bytes;
  }

  changeCodec(codec: RowCodec<Row>): void {
    this.#converter.changeCodec(codec);
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
    this.#feeds.live?.offer({
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
    await Promise.race([written, this.#claim.stuck, this.#left.promise]);
    const damage = this.#feeds.takeDamage();
    if (damage !== undefined) {
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
      await this.#claim.claimed;
      const [live, stream] = [this.#feeds.live, this.#stream];
      try {
        this.queue.flush();
        await live?.source?.flushTo(BigInt(this.#nextRow));
        return await this.#throwIfStuck();
      } catch (error) {
        const goesOn = spool.isChanging || this.#feeds.live !== live || spool.stream !== stream;
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

  #rowsOf({ codec, rows, pages }: Batch): RowsToStore {
    const tuples = pages.map((page) => page.tuples);
    const form = this.#forms.numberOf(codec, this.#stream, this.#number);
    return { form, firstRow: this.#nextRow, rows, tuples };
  }
}
