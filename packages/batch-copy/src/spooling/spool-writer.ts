import type { Clock } from "../batch/clock.js";
import { syncChannel, type SyncMessage } from "../diagnostics.js";
import { SpoolError } from "../errors.js";
import type { SpoolSettings } from "../spool-option.js";
import { Pause } from "../spool/pause.js";
import type { CurrentStream } from "./current-stream.js";
import type { SpoolAlarm } from "./spool-alarm.js";
import type { StreamTable, TakenRows } from "./stream-table.js";

/** What rows are made durable with. */
export interface SpoolWriterParts {
  readonly settings: SpoolSettings;
  readonly tables: ReadonlySet<StreamTable>;
  readonly current: CurrentStream;
  readonly clock: Clock;
  readonly alarm: SpoolAlarm;
  /** Whether there may be several tables, none of which may hold up the others. */
  readonly isShared: boolean;
  /** Called when the rows of a table begin to wait, because it holds its share of the disk. */
  readonly onPutOff: () => void;
}

/** The most bytes that are made durable at once for one table; larger syncs take longer and gain nothing. */
const MOST_BYTES_AT_ONCE = 2 ** 20;

/** Of `maxBytes`, where several tables share them. */
const LARGEST_SHARE_AT_ONCE = 1 / 16;

/** Milliseconds that the rows of a table wait before the operator is told. */
const TELL_MS = 1000;

/** Rows that are being made durable, and their table. */
interface Taken {
  readonly table: StreamTable;
  readonly taken: TakenRows;
}

/** Makes the rows that tables have gathered durable, those of all tables at once, as far as there is room on disk. */
export class SpoolWriter {
  readonly #parts: SpoolWriterParts;
  readonly #ready = new Set<StreamTable>();
  /** Those that hold their share of the disk, and since when what they have gathered waits. */
  readonly #waiting = new Map<StreamTable, { readonly since: number; isTold: boolean }>();
  #writing: Promise<void> | undefined;
  #syncs = 0;
  #isFull = false;
  /** Waits for room on disk. */
  readonly #room: Pause;

  constructor(parts: SpoolWriterParts) {
    this.#parts = parts;
    this.#room = new Pause(parts.clock);
  }

  /** The most bytes that are made durable at once for one table. */
  get mostBytesAtOnce(): number {
    const { isShared, settings } = this.#parts;
    const share = Math.floor(settings.maxBytes * LARGEST_SHARE_AT_ONCE);
    return isShared ? Math.min(MOST_BYTES_AT_ONCE, share) : MOST_BYTES_AT_ONCE;
  }

  /** How often rows were made durable. */
  get syncs(): number {
    return this.#syncs;
  }

  /** Whether rows wait for room on disk. */
  get isUrgent(): boolean {
    return this.#isFull || this.#waiting.size > 0;
  }

  /** Called when the disk is full. */
  onFull(): void {
    this.#isFull = true;
  }

  /** Makes what a table has gathered durable, as soon as the sync before is done. */
  request(table: StreamTable): void {
    this.#ready.add(table);
    this.write();
  }

  /** Makes durable what was requested. */
  write(): void {
    if (this.#writing === undefined && !this.#parts.current.isChanging && this.#ready.size > 0) {
      this.#writing = this.#writeAll().finally(() => {
        this.#writing = undefined;
        this.write();
      });
    }
  }

  /** Rows that wait for room are looked at again. */
  wake(): void {
    this.#room.wake();
  }

  /** There may be room for those that wait. */
  askAgain(): void {
    this.#waiting.forEach((_, table) => this.#ready.add(table));
    this.#room.wake();
    this.write();
  }

  /** Resolves when nothing is being written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#ready.size > 0 && !this.#parts.current.isChanging) {
      const all = await this.#takeWithRoom();
      if (all.length > 0) {
        if (await this.#append(all)) {
          all.forEach(({ table, taken }) => table.stored(taken.batch));
        }
      } else if (this.#ready.size > 0 && this.#parts.current.isClosed) {
        this.#refuse(new SpoolError("The spool was closed while rows waited to be written"));
      } else if (this.#ready.size > 0) {
        // Until then rows can be withdrawn, and those that cannot wait pass them.
        await this.#room.wait();
      }
    }
  }

  #refuse(error: Error): void {
    this.#ready.clear();
    this.#waiting.clear();
    this.#parts.tables.forEach((table) => table.fail(undefined, error));
  }

  /** What the tables have gathered, as far as there is room for it, or is made. */
  async #takeWithRoom(): Promise<readonly Taken[]> {
    const all = this.#take();
    if (all.length > 0 || this.#ready.size === 0) {
      return all;
    }
    // What is in its way is in the way of the rows, too.
    await this.#parts.current.stream.makeRoom().catch(noop);
    return this.#take();
  }

  /** What the tables have gathered, one batch each, as far as they hold less than their share of the disk. */
  #take(): readonly Taken[] {
    const all: Taken[] = [];
    const sizes: number[] = [];
    const { stream } = this.#parts.current;
    let { room } = stream;
    for (const table of this.#ready) {
      let [hasShare, hasRoom] = [true, true];
      const taken = table.take((bytes) => {
        hasShare = this.#hasShare(table, room);
        hasRoom = stream.hasRoom([...sizes, bytes]);
        return hasShare && hasRoom;
      });
      if (taken !== undefined) {
        all.push({ table, taken });
        sizes.push(taken.batch.bytes);
        room -= taken.batch.bytes;
      } else if (!hasShare) {
        this.#putOff(table);
      } else if (hasRoom) {
        this.#ready.delete(table);
      }
      if (taken?.mayExceed !== true && hasShare) {
        this.#waiting.delete(table);
      }
    }
    return all;
  }

  /**
   * Between several tables, one may hold at most as many bytes as are left free: one table half of `maxBytes`, two
   * tables a third each, and so on. So a table that stands still cannot take the room of the others. A table that
   * holds nothing may always write.
   *
   * @param room how many bytes are left free
   */
  #hasShare(table: StreamTable, room: number): boolean {
    const { current, isShared } = this.#parts;
    if (!isShared || current.isClosed || current.stream.bytes < room) {
      return true;
    }
    const held = table.heldBytes;
    return held === 0 || held + this.mostBytesAtOnce <= room;
  }

  /** What it has gathered waits until some of its rows are committed. */
  #putOff(table: StreamTable): void {
    const now = this.#parts.clock.now();
    const waiting = this.#waiting.get(table);
    this.#ready.delete(table);
    if (waiting === undefined) {
      this.#waiting.set(table, { since: now, isTold: false });
      this.#parts.onPutOff();
    } else if (!waiting.isTold && now - waiting.since >= TELL_MS) {
      waiting.isTold = true;
      const { name, heldBytes } = table;
      const error = new SpoolError(
        `rows of ${name} wait, because it holds its share of maxBytes: ${heldBytes} bytes that are not committed`,
      );
      this.#parts.alarm.warn(`full ${name}`, error);
    }
  }

  /** Makes rows durable; returns whether they are. */
  async #append(all: readonly Taken[]): Promise<boolean> {
    const { clock, current, tables } = this.#parts;
    try {
      const startedAt = clock.now();
      const isBeyond = all.some(({ taken }) => taken.mayExceed);
      const rows = all.map(({ taken }) => taken.rows);
      await current.stream.append(rows);
      this.#room.reset();
      this.#isFull &&= isBeyond;
      this.#syncs++;
      if (syncChannel.hasSubscribers) {
        this.#publishSync(all, startedAt);
      }
      return true;
    } catch (error) {
      const batches = new Map(all.map(({ table, taken }) => [table, taken.batch]));
      for (const table of tables) {
        table.fail(batches.get(table), error as Error);
      }
      if (!current.stream.isOurs) {
        current.change(error as Error);
      }
      return false;
    }
  }

  #publishSync(all: readonly Taken[], startedAt: number): void {
    const batches = all.map(({ taken }) => taken.batch);
    syncChannel.publish({
      directory: this.#parts.settings.directory,
      rows: batches.reduce((sum, { rows }) => sum + rows, 0),
      bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
      durationMs: this.#parts.clock.now() - startedAt,
    } satisfies SyncMessage);
  }
}

function noop(): void {}
