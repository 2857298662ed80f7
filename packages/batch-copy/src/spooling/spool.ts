import { Budget } from "../batch/budget.js";
import type { Clock } from "../batch/clock.js";
import type { Alarm } from "../delivery/alarm.js";
import type { SpoolSettings } from "../spool-option.js";
import type { Cursor } from "../spool/cursor.js";
import type { Disk } from "../spool/disk.js";
import { FrameReader } from "../spool/frame-reader.js";
import type { LivingStream } from "../spool/living-stream.js";
import type { StoredForm } from "../spool/stored-form.js";
import type { SpoolTrouble } from "../spool/stream-settings.js";
import { StreamWriter } from "../spool/stream-writer.js";
import { writeClaimMark } from "./claim-mark.js";
import type { FormerStreams } from "./former-streams.js";
import type { FormerTarget } from "./former-target.js";
import { spooledSourceName } from "./spooled-source-name.js";
import type { SpooledSources } from "./spooled-sources.js";
import type { StreamTable, TakenRows } from "./stream-table.js";

/** What a spool works with. */
export interface SpoolParts {
  readonly disk: Disk;
  /** The stream of this process. */
  readonly life: LivingStream;
  readonly settings: SpoolSettings;
  readonly sources: SpooledSources;
  readonly clock: Clock;
  readonly maxBufferedBytes: number;
  /** Whether there may be several tables, none of which may hold up the others. */
  readonly isShared: boolean;
  readonly alarm: Alarm;
  readonly former: FormerStreams;
  readonly target: FormerTarget;
}

const SEGMENT_BYTES = 64 * 2 ** 20;

/** Of the buffer, for rows that are not durable yet; more would only make the syncs longer. */
const GATHERING_SHARE = 1 / 4;
const MOST_GATHERING_BYTES = 8 * 2 ** 20;

/** Milliseconds between two looks at what may be removed, unless rows wait for it. */
const REMOVAL_INTERVAL_MS = 1000;

/** Rows that are being made durable, and their table. */
interface Taken {
  readonly table: StreamTable;
  readonly taken: TakenRows;
}

/** The stream of this process: makes the rows of all tables durable, and removes those that are committed. */
export class Spool {
  /** For rows that are not durable. */
  readonly gathering: Budget;
  /** For durable rows that are on their way to a table. */
  readonly memory: Budget;
  readonly clock: Clock;
  readonly #parts: SpoolParts;
  readonly #writer: StreamWriter;
  readonly #alarm: Alarm;
  readonly #tables = new Map<number, StreamTable>();
  readonly #ready = new Set<StreamTable>();
  #tableCount = 0;
  #writing: Promise<void> | undefined;
  #removal: Promise<void> | undefined;
  #removedAt = -Infinity;
  #isFull = false;

  /** Begins the stream. */
  static async open(parts: SpoolParts): Promise<Spool> {
    const { life, settings, clock, disk } = parts;
    let spool: Spool | undefined;
    const writer = await StreamWriter.begin(disk, life.directory, {
      id: life.id,
      segmentBytes: Math.min(SEGMENT_BYTES, Math.floor(settings.maxBytes / 4)),
      maxBytes: settings.maxBytes,
      retainMs: settings.retainMs,
      clock,
      onTrouble: (trouble) => spool?.onTrouble(trouble),
      isOurs: () => life.isOurs(),
    });
    spool = new Spool(parts, writer);
    return spool;
  }

  private constructor(parts: SpoolParts, writer: StreamWriter) {
    const { alarm, clock, isShared, maxBufferedBytes } = parts;
    const gathering = Math.min(
      MOST_GATHERING_BYTES,
      Math.floor(maxBufferedBytes * GATHERING_SHARE),
    );
    this.#parts = parts;
    this.#writer = writer;
    this.#alarm = alarm;
    this.clock = clock;
    this.gathering = new Budget(gathering, clock, isShared);
    this.memory = new Budget(maxBufferedBytes - gathering, clock, isShared);
  }

  /**
   * Begins to deliver what former lives have left.
   *
   * @throws SpoolCorruptError for what the headers of their segments show
   */
  start(): Promise<void> {
    return this.#parts.former.start();
  }

  /** Resolves when the rows of a table that former lives have left are written. */
  formerWritten(table: string): Promise<void> {
    return this.#parts.former.written(table);
  }

  /** Makes `close()` leave on disk what is not written. */
  giveUp(message: string): void {
    this.#parts.target.abandon(message);
  }

  /** Adds a table; returns its number in the stream. */
  join(table: StreamTable): number {
    const number = this.#tableCount++;
    this.#tables.set(number, table);
    return number;
  }

  /** The name of the source of a table, by its number. */
  sourceName(table: number): string {
    return spooledSourceName(this.#parts.life.id, table);
  }

  /** See `writeClaimMark`. */
  noteClaim(table: number): Promise<void> {
    const { disk, life } = this.#parts;
    return writeClaimMark(disk, life.directory, table);
  }

  addForm(form: StoredForm): number {
    return this.#writer.addForm(form);
  }

  /** Reads rows of the stream again. */
  readFrom(table: number, at: Cursor): FrameReader {
    return new FrameReader(this.#writer.files, table, at);
  }

  /** Makes what a table has gathered durable, as soon as the sync before is done. */
  request(table: StreamTable): void {
    this.#ready.add(table);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Called when rows are committed: files may be removed. */
  settled(): void {
    const isDue = this.#isFull || this.clock.now() - this.#removedAt >= REMOVAL_INTERVAL_MS;
    const isOfUse = this.#isFull || this.#writer.segments.length > 1;
    if (isDue && isOfUse) {
      this.#removal ??= this.#remove().finally(() => {
        this.#removal = undefined;
      });
    }
  }

  onTrouble({ kind, error }: SpoolTrouble): void {
    this.#isFull ||= kind === "full";
    this.#alarm.sound(kind, `the spool ${this.#parts.settings.directory}: ${error.message}`);
    if (kind === "full") {
      this.settled();
    }
  }

  /** Called if a source of it is lost: its rows stay on disk. */
  onLost(table: string, error: Error): void {
    this.#alarm.sound(`lost ${table}`, `${table}: rows stay in the spool: ${error.message}`);
  }

  /** Called if rows were committed, are removed here, and are not in the table any more. */
  onForgotten(table: string, rows: number): void {
    if (rows > 0) {
      this.#alarm.sound(
        `forgotten ${table}`,
        `${table}: the server has lost ${rows} rows that were committed, and that the spool has removed since`,
      );
    }
  }

  /** Called if stored rows cannot be read. */
  onDamaged(table: string, error: Error): void {
    this.#alarm.sound(`damaged ${table}`, `${table}: ${error.message}`);
  }

  /** Removes what is committed, and ends the stream if that is all of it. */
  async close(): Promise<void> {
    await this.#parts.former.stop();
    await this.#writing;
    await this.#removal;
    const { life, sources } = this.#parts;
    if (await this.#isAllCommitted()) {
      await this.#remove();
      await this.#writer.close();
      await life.end();
      const names = [...this.#claimed].map(({ name }) => name);
      if (names.length > 0) {
        await sources.remove(names).catch(noop);
      }
    } else {
      await this.#writer.close();
      await life.leave();
    }
  }

  async #isAllCommitted(): Promise<boolean> {
    return [...this.#tables.values()].every(({ source, storedRows }) => {
      return source === undefined ? storedRows === 0 : source.position >= BigInt(storedRows);
    });
  }

  async #write(): Promise<void> {
    while (this.#ready.size > 0) {
      const all = this.#take();
      const cursors = all.length === 0 ? [] : await this.#append(all);
      all.forEach(({ table, taken }, index) => {
        const at = cursors?.[index];
        if (at !== undefined) {
          table.stored(taken.batch, at);
        }
      });
    }
  }

  /** What the tables have gathered, one batch each. */
  #take(): readonly Taken[] {
    const all: Taken[] = [];
    for (const table of this.#ready) {
      const taken = table.take();
      if (taken === undefined) {
        this.#ready.delete(table);
      } else {
        all.push({ table, taken });
      }
    }
    return all;
  }

  /** Makes rows durable; undefined if they never will be. */
  async #append(all: readonly Taken[]): Promise<readonly Cursor[] | undefined> {
    try {
      const cursors = await this.#writer.append(all.map(({ taken }) => taken.rows));
      this.#isFull = false;
      return cursors;
    } catch (error) {
      const batches = new Map(all.map(({ table, taken }) => [table, taken.batch]));
      for (const table of this.#tables.values()) {
        table.fail(batches.get(table), error as Error);
      }
      return undefined;
    }
  }

  async #remove(): Promise<void> {
    this.#removedAt = this.clock.now();
    const claimed = this.#claimed;
    if (claimed.length === 0) {
      return;
    }
    try {
      const positions = await this.#parts.sources.durablePositions(claimed);
      await this.#writer.removePassed((table) =>
        Number(positions.get(this.sourceName(table)) ?? 0n),
      );
    } catch (error) {
      this.#alarm.sound("removal", `the spool cannot ask the ledger: ${(error as Error).message}`);
    }
  }

  get #claimed(): { readonly name: string; readonly owner: string }[] {
    return [...this.#tables.values()].flatMap(({ source }) => source ?? []);
  }
}

function noop(): void {}
