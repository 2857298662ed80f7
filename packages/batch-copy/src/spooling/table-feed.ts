import type { NumberedQueue } from "../batch/numbered-queue.js";
import type { NumberedRows } from "../batch/numbered-rows.js";
import { SpoolError } from "../errors.js";
import { keptRowError, type OwnSource } from "../source/own-source.js";
import type { FrameReader, StoredRows } from "../spool/frame-reader.js";
import { cutTuples } from "./cut-tuples.js";
import type { ConvertedRows } from "./recode-rows.js";
import type { TableMemory } from "./table-memory.js";
import { WaitingInserts } from "./waiting-inserts.js";

/** Rows of a living stream that have just become durable, and are still in memory. */
export type FreshRows = Omit<NumberedRows, "source">;

/** What is on disk already. */
export interface StoredRange {
  /** The number of the first row that is to be written. */
  readonly next: number;
  /** The number after that of the last one. */
  readonly end: number;
}

/** What a feed works with. */
export interface TableFeedParts<Row extends object> {
  readonly queue: NumberedQueue<Row>;
  /** Calls `run()` when there may be room again. */
  readonly memory: TableMemory;
  /** Whether it is this feed's turn: others must be drained before. */
  readonly isNext: () => boolean;
  /** Reads from the frame on that has a row. */
  readonly readFrom: (row: number) => FrameReader;
  /** The rows as they are written to the table now. */
  readonly convert: (rows: StoredRows, source: OwnSource) => ConvertedRows;
  /** Called when all rows that are on disk were appended. */
  readonly onDrained: () => void;
  /** Called if the rows cannot be read. */
  readonly onDamaged: (error: Error) => void;
}

/**
 * Passes the durable rows of one table of a stream on to be written, in order: from memory, as long as there
 * is room for them, otherwise from disk.
 */
export class TableFeed<Row extends object> {
  readonly #parts: TableFeedParts<Row>;
  readonly #inserts = new WaitingInserts();
  /** The number of the next row to append. */
  #next: number;
  /** The number after that of the last row on disk. */
  #end: number;
  /** Undefined as long as rows come from memory. */
  #reader: FrameReader | undefined;
  /** What was read and had no room yet. */
  #read: StoredRows | undefined;
  #source: OwnSource | undefined;
  #isRunning = false;
  #isEnded = false;

  /** @param stored what it begins with */
  constructor(parts: TableFeedParts<Row>, stored: StoredRange) {
    this.#parts = parts;
    this.#next = stored.next;
    this.#end = stored.end;
  }

  /** What its rows are written by; undefined before it has begun. */
  get source(): OwnSource | undefined {
    return this.#source;
  }

  /** Whether it appends nothing more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** From now on its rows are written by this source, which has written those below its position. */
  begin(source: OwnSource): void {
    this.#source = source;
    this.#next = Math.max(this.#next, Number(source.position));
    if (this.isBehind) {
      this.#reader = this.#parts.readFrom(this.#next);
    }
    this.run();
  }

  /** Whether rows are on disk that were not appended. */
  get isBehind(): boolean {
    return this.#next < this.#end;
  }

  /** Appends the next rows of a living stream, or leaves them on disk for now. */
  offer(rows: FreshRows): void {
    const { memory } = this.#parts;
    const isInTurn = this.#reader === undefined && this.#isNext;
    this.#end = rows.firstNumber + rows.rows;
    if (this.#isEnded) {
      rows.inserts?.rejectAll(keptRowError(undefined));
      return;
    }
    if (isInTurn && rows.bytes <= memory.room) {
      this.#append(rows);
      return;
    }
    if (rows.inserts !== undefined) {
      this.#inserts.add(rows.firstNumber, rows.inserts);
    }
    if (this.#source !== undefined) {
      this.#reader ??= this.#parts.readFrom(rows.firstNumber);
      this.run();
    }
  }

  /** Reads and appends what is on disk, as far as there is room. */
  run(): void {
    if (this.#isRunning || this.#isEnded || this.#reader === undefined || !this.#isNext) {
      return;
    }
    this.#isRunning = true;
    this.#run().catch((error: Error) => {
      this.#isRunning = false;
      this.end(error);
      this.#parts.onDamaged(error);
    });
  }

  /** Appends nothing more. What is on disk stays there. */
  end(error: Error): void {
    this.#isEnded = true;
    if (!this.#isRunning) {
      this.#closeReader();
    }
    this.#source?.end(error);
    this.#inserts.rejectAll(keptRowError(error));
  }

  /** Its file would stay open, and take room on the disk although it is removed. */
  #closeReader(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.close().catch(noop);
  }

  get #isNext(): boolean {
    return this.#source !== undefined && this.#parts.isNext();
  }

  async #run(): Promise<void> {
    while (this.isBehind && !this.#isEnded) {
      this.#read ??= await this.#readNext();
      if (this.#read.tuples.length > this.#parts.memory.room) {
        this.#isRunning = false;
        this.#parts.memory.awaitRoom();
        return;
      }
      this.#appendRead(this.#read);
      this.#read = undefined;
    }
    // At once: rows that are offered from now on must not count on it.
    this.#isRunning = false;
    this.#closeReader();
    if (!this.#isEnded) {
      this.#parts.onDrained();
    }
  }

  async #readNext(): Promise<StoredRows> {
    while (true) {
      const rows = await this.#reader!.next();
      if (rows === undefined) {
        const { name } = this.#source!;
        throw new SpoolError(`the spool has no row ${this.#next} of the source ${name}`);
      }
      if (rows.firstRow + rows.rows > this.#next) {
        return rows;
      }
    }
  }

  #appendRead(read: StoredRows): void {
    const skipped = Math.max(0, this.#next - read.firstRow);
    const firstRow = read.firstRow + skipped;
    const rows = read.rows - skipped;
    const tuples = skipped === 0 ? read.tuples : cutTuples(read.tuples, skipped);
    const converted = this.#parts.convert({ ...read, firstRow, rows, tuples }, this.#source!);
    const inserts = this.#inserts.take(firstRow, firstRow + rows);
    this.#append({ ...converted, firstNumber: firstRow, inserts });
  }

  #append(rows: Omit<NumberedRows, "source">): void {
    this.#parts.queue.append({ ...rows, source: this.#source! });
    this.#next = rows.firstNumber + rows.rows + (rows.unfit?.length ?? 0);
    this.#parts.memory.take(rows.bytes);
  }
}

function noop(): void {}
