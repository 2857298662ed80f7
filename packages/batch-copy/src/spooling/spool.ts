import { Budget } from "../batch/budget.js";
import { sleep, type Clock } from "../batch/clock.js";
import { deferred } from "../copy/deferred.js";
import type { Alarm } from "../delivery/alarm.js";
import {
  spoolTroubleChannel,
  syncChannel,
  type SpoolTroubleMessage,
  type SyncMessage,
} from "../diagnostics.js";
import { ClosedError, SpoolCorruptError, SpoolError } from "../errors.js";
import type { SpoolSettings } from "../spool-option.js";
import type { SpoolStats } from "../spool-stats.js";
import { Pause } from "../spool/pause.js";
import type { SpoolTrouble } from "../spool/stream-settings.js";
import { unrefTimer } from "../timers.js";
import type { FormerStreams } from "./former-streams.js";
import type { FormerTarget } from "./former-target.js";
import type { LiveStream } from "./live-stream.js";
import type { SpooledSources } from "./spooled-sources.js";
import type { StreamTable, TakenRows } from "./stream-table.js";

/** What a spool works with. */
export interface SpoolParts {
  readonly settings: SpoolSettings;
  /** Begins a stream. */
  readonly beginStream: () => Promise<LiveStream>;
  readonly sources: SpooledSources;
  readonly former: FormerStreams;
  readonly target: FormerTarget;
  readonly clock: Clock;
  readonly alarm: Alarm;
  readonly maxBufferedBytes: number;
  /** Whether there may be several tables, none of which may hold up the others. */
  readonly isShared: boolean;
}

/** Of the buffer, for rows that are not durable yet; more would only make the syncs longer. */
const GATHERING_SHARE = 1 / 4;
const MOST_GATHERING_BYTES = 8 * 2 ** 20;

/** The most bytes that are made durable at once for one table; larger syncs take longer and gain nothing. */
const MOST_BYTES_AT_ONCE = 2 ** 20;

/** Of `maxBytes`, where several tables share them. */
const LARGEST_SHARE_AT_ONCE = 1 / 16;

/** Milliseconds between two looks at the ledger, for what may be removed and what the server has forgotten. */
const LOOK_MS = 1000;

/** The same while rows wait for room: each commit may make some, and each look is a transaction. */
const URGENT_LOOK_MS = 20;

/** The same while nothing is written, and committed rows are retained. */
const IDLE_LOOK_MS = 10_000;

/** Rows that are being made durable, and their table. */
interface Taken {
  readonly table: StreamTable;
  readonly taken: TakenRows;
}

/**
 * Makes the rows of all tables of a copier or group durable, in a stream of files, and removes those that are
 * committed. If the stream cannot be gone on with, another one is begun, and what is left in the former one is
 * delivered as that of a former life.
 */
export class Spool {
  /** For rows that are not durable. */
  readonly gathering: Budget;
  /** For durable rows that are on their way to a table. */
  readonly memory: Budget;
  readonly clock: Clock;
  readonly #parts: SpoolParts;
  readonly #tables = new Set<StreamTable>();
  readonly #ready = new Set<StreamTable>();
  /** Those that hold their share of the disk, and since when what they have gathered waits. */
  readonly #waiting = new Map<StreamTable, { readonly since: number; isTold: boolean }>();
  #stream: LiveStream;
  #writing: Promise<void> | undefined;
  #removal: Promise<void> | undefined;
  #change: Promise<void> | undefined;
  #lookedAt = -Infinity;
  /** What former lives have taken on disk when that was looked at last. */
  #formerBytes = Infinity;
  #syncs = 0;
  #isFull = false;
  #isClosed = false;
  /** Waits for room on disk. */
  readonly #room: Pause;
  #stopLooking: () => void;
  #lookLater: (() => void) | undefined;

  /** Begins the first stream. */
  static async open(parts: SpoolParts): Promise<Spool> {
    return new Spool(parts, await parts.beginStream());
  }

  private constructor(parts: SpoolParts, stream: LiveStream) {
    const { clock, isShared, maxBufferedBytes } = parts;
    const share = Math.floor(maxBufferedBytes * GATHERING_SHARE);
    const gathering = Math.min(MOST_GATHERING_BYTES, share);
    this.#parts = parts;
    this.#stream = stream;
    this.clock = clock;
    this.#room = new Pause(clock);
    this.gathering = new Budget(gathering, clock, isShared);
    this.memory = new Budget(maxBufferedBytes - gathering, clock, isShared);
    this.#stopLooking = this.#lookFromTimeToTime();
  }

  /** The most bytes that are made durable at once for one table. */
  get mostBytesAtOnce(): number {
    const { isShared, settings } = this.#parts;
    const share = Math.floor(settings.maxBytes * LARGEST_SHARE_AT_ONCE);
    return isShared ? Math.min(MOST_BYTES_AT_ONCE, share) : MOST_BYTES_AT_ONCE;
  }

  get stats(): SpoolStats {
    const since = [...this.#tables].flatMap(({ waitingSince }) => waitingSince ?? []);
    return {
      rows: this.#rowsLeft,
      bytes: this.#bytes,
      oldestRowMs: since.length === 0 ? 0 : this.clock.now() - Math.min(...since),
      syncs: this.#syncs,
      streamsAdopted: this.#parts.former.count,
    };
  }

  /** The stream that rows are written to now. */
  get stream(): LiveStream {
    return this.#stream;
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

  /** Resolves when the rows of all tables that former lives have left are written. */
  allFormerWritten(): Promise<void> {
    return this.#parts.former.allWritten();
  }

  join(table: StreamTable): void {
    this.#tables.add(table);
  }

  /** Makes what a table has gathered durable, as soon as the sync before is done. */
  request(table: StreamTable): void {
    this.#ready.add(table);
    this.#write();
  }

  /** As {@link request}, for rows that do not wait for room. */
  requestNow(table: StreamTable): void {
    this.request(table);
    this.#room.wake();
  }

  /** Called when rows are committed: files may be removed. */
  settled(): void {
    const { former } = this.#parts;
    if (this.#isUrgent || this.#stream.segments > 1 || former.count > 0) {
      this.#look();
    }
  }

  /** Whether rows wait for room on disk. */
  get #isUrgent(): boolean {
    return this.#isFull || this.#waiting.size > 0;
  }

  onTrouble({ kind, error }: SpoolTrouble): void {
    this.#isFull ||= kind === "full";
    this.#warn(kind, error);
    this.settled();
  }

  /** Called if rows are written again from where the ledger stands. */
  onInterrupted(table: string, error: Error): void {
    this.#warn(`interrupted ${table}`, error);
  }

  /** Called if rows of the stream cannot be read, or the stream is not ours any more. */
  onLost(table: string, error: Error): void {
    this.#warn(`lost ${table}`, error);
    this.#changeStream(error);
  }

  /** Called if the source of a table cannot be claimed now. */
  onUnclaimed(table: string, error: Error): void {
    this.#warn(`unclaimed ${table}`, error);
  }

  /** Whether it is being closed, or is closed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Whether another stream is being begun. */
  get isChanging(): boolean {
    return this.#change !== undefined;
  }

  /** Resolves when another stream has begun. */
  async changed(): Promise<void> {
    await this.#change;
  }

  /** Called if rows of a former life cannot be read. */
  onDamaged(table: string, error: Error): void {
    this.#warn(`damaged ${table}`, error);
  }

  /** Makes `close()` leave on disk what is not written. */
  giveUp(message: string): void {
    this.#isClosed = true;
    this.#stream.stop().catch((error: Error) => this.#warn("stop", error));
    this.#parts.former.halt();
    this.#parts.target.abandon(message);
    this.#askAgain();
  }

  /** Removes what is committed, and ends the stream if that is all of it; otherwise the rest stays on disk. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopLooking();
    this.#lookLater?.();
    this.#askAgain();
    await Promise.all(Array.from(this.#tables, (table) => table.flushGathered()));
    await this.#parts.former.stop();
    await this.#change;
    await this.#writing;
    await this.#removal;
    if (await this.#isCommitted()) {
      // If the ledger cannot be reached any more, whoever opens the spool next does the rest.
      await this.#stream.end().catch((error: Error) => this.#warn("end", error));
      return;
    }
    const rows = this.#rowsLeft;
    this.#tables.forEach((table) => table.leave(new ClosedError()));
    await this.#stream.leave(undefined);
    const why =
      rows === 0 ? "nobody knows whether all commits are durable" : `${rows} rows are left`;
    this.#warn("left", new Error(`${why}: whoever opens the spool next goes on`));
  }

  /** On disk, of this process and of the former lives that it delivers. */
  get #bytes(): number {
    return this.#stream.bytes + this.#parts.former.bytes;
  }

  /** Rows that are durable, and not known to be committed. */
  get #rowsLeft(): number {
    let rows = 0;
    for (const { source, storedRows } of this.#tables) {
      rows += storedRows - Number(source?.position ?? 0n);
    }
    return rows;
  }

  get #sources(): readonly NonNullable<StreamTable["source"]>[] {
    return [...this.#tables].flatMap(({ source }) => source ?? []);
  }

  /** Whether all rows are committed, durably. */
  async #isCommitted(): Promise<boolean> {
    try {
      const positions = this.#rowsLeft === 0 ? await this.#remove() : undefined;
      return (
        positions !== undefined &&
        [...this.#tables].every(({ source, storedRows }) => {
          return storedRows === 0 || (positions.get(source?.name ?? "") ?? 0n) >= storedRows;
        })
      );
    } catch {
      return false;
    }
  }

  #write(): void {
    if (this.#writing === undefined && this.#change === undefined && this.#ready.size > 0) {
      this.#writing = this.#writeAll().finally(() => {
        this.#writing = undefined;
        this.#write();
      });
    }
  }

  async #writeAll(): Promise<void> {
    while (this.#ready.size > 0 && this.#change === undefined) {
      const all = await this.#takeWithRoom();
      if (all.length > 0) {
        if (await this.#append(all)) {
          all.forEach(({ table, taken }) => table.stored(taken.batch));
        }
      } else if (this.#ready.size > 0 && this.#isClosed) {
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
    this.#tables.forEach((table) => table.fail(undefined, error));
  }

  /** What the tables have gathered, as far as there is room for it, or is made. */
  async #takeWithRoom(): Promise<readonly Taken[]> {
    const all = this.#take();
    if (all.length > 0 || this.#ready.size === 0) {
      return all;
    }
    // What is in its way is in the way of the rows, too.
    await this.#stream.makeRoom().catch(noop);
    return this.#take();
  }

  /** What the tables have gathered, one batch each, as far as they hold less than their share of the disk. */
  #take(): readonly Taken[] {
    const all: Taken[] = [];
    const sizes: number[] = [];
    let { room } = this.#stream;
    for (const table of this.#ready) {
      let [hasShare, hasRoom] = [true, true];
      const taken = table.take((bytes) => {
        hasShare = this.#hasShare(table, room);
        hasRoom = this.#stream.hasRoom([...sizes, bytes]);
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
    if (!this.#parts.isShared || this.#isClosed || this.#stream.bytes < room) {
      return true;
    }
    const held = table.heldBytes;
    return held === 0 || held + this.mostBytesAtOnce <= room;
  }

  /** What it has gathered waits until some of its rows are committed. */
  #putOff(table: StreamTable): void {
    const now = this.clock.now();
    const waiting = this.#waiting.get(table);
    this.#ready.delete(table);
    if (waiting === undefined) {
      this.#waiting.set(table, { since: now, isTold: false });
      this.#look();
    } else if (!waiting.isTold && now - waiting.since >= LOOK_MS) {
      waiting.isTold = true;
      const { name, heldBytes } = table;
      const error = new SpoolError(
        `rows of ${name} wait, because it holds its share of maxBytes: ${heldBytes} bytes that are not committed`,
      );
      this.#warn(`full ${name}`, error);
    }
  }

  /** There may be room for those that wait. */
  #askAgain(): void {
    this.#waiting.forEach((_, table) => this.#ready.add(table));
    this.#room.wake();
    this.#write();
  }

  /** Makes rows durable; returns whether they are. */
  async #append(all: readonly Taken[]): Promise<boolean> {
    try {
      const startedAt = this.clock.now();
      const isBeyond = all.some(({ taken }) => taken.mayExceed);
      const rows = all.map(({ taken }) => taken.rows);
      await this.#stream.append(rows);
      this.#room.reset();
      this.#isFull &&= isBeyond;
      this.#syncs++;
      if (syncChannel.hasSubscribers) {
        this.#publishSync(all, startedAt);
      }
      return true;
    } catch (error) {
      const batches = new Map(all.map(({ table, taken }) => [table, taken.batch]));
      for (const table of this.#tables) {
        table.fail(batches.get(table), error as Error);
      }
      if (!this.#stream.isOurs) {
        this.#changeStream(error as Error);
      }
      return false;
    }
  }

  #lookFromTimeToTime(): () => void {
    let cancel = noop;
    const next = (): void => {
      cancel = unrefTimer(LOOK_MS, () => {
        this.settled();
        this.#lookIfIdle();
        next();
      });
    };
    next();
    return () => cancel();
  }

  /** Rows that are retained are there for a server that forgets them, and tells nobody of it. */
  #lookIfIdle(): void {
    const isUsed = [...this.#tables].some(({ storedRows }) => storedRows > 0);
    const isLong = this.clock.now() - this.#lookedAt >= IDLE_LOOK_MS;
    if (this.#parts.settings.retainMs > 0 && isUsed && isLong) {
      this.#look();
    }
  }

  #look(): void {
    const wait = this.#isUrgent ? URGENT_LOOK_MS : LOOK_MS;
    const left = wait - (this.clock.now() - this.#lookedAt);
    if (left > 0) {
      if (this.#isUrgent) {
        this.#lookLater ??= unrefTimer(left, () => {
          this.#lookLater = undefined;
          this.settled();
        });
      }
      return;
    }
    if (this.#removal === undefined && this.#change === undefined && !this.#isClosed) {
      this.#removal = this.#remove()
        .then(() => this.#tidyFormer())
        .catch((error: Error) => this.#warn("ledger", error))
        .finally(() => {
          this.#removal = undefined;
          this.#askAgain();
        });
    }
  }

  /**
   * Removes the files whose rows are committed, durably. A server that has forgotten some is noticed.
   *
   * @returns the positions of sources, by name
   */
  async #remove(): Promise<ReadonlyMap<string, bigint>> {
    this.#lookedAt = this.clock.now();
    const sources = this.#sources.filter(({ isEnded }) => !isEnded);
    if (sources.length === 0) {
      return new Map();
    }
    const known = sources.map(({ position }) => position);
    const positions = await this.#parts.sources.durablePositions(sources);
    sources.forEach((source, index) => {
      const position = positions.get(source.name);
      if (position !== undefined) {
        const { owner } = source;
        source.learn({ row: { owner, position }, known: known[index]!, server: undefined });
      }
    });
    await this.#stream.remove(positions);
    return positions;
  }

  /** Removes files of former lives whose rows are committed. */
  async #tidyFormer(): Promise<void> {
    const { former, settings } = this.#parts;
    await former.tidy(() => this.#isUrgent || this.#bytes > settings.maxBytes / 2);
    if (former.bytes < this.#formerBytes) {
      this.#stream.wake();
    }
    this.#formerBytes = former.bytes;
  }

  /** Begins another stream, and delivers what is left in this one as that of a former life. */
  #changeStream(reason: Error): void {
    if (this.#change === undefined && !this.#isClosed) {
      this.#change = this.#changeOnce(reason)
        .catch((error: Error) => this.#warn("change", error))
        .finally(() => {
          this.#change = undefined;
          this.#write();
        });
      this.#room.wake();
    }
  }

  async #changeOnce(reason: Error): Promise<void> {
    const former = this.#stream;
    await former.stop().catch((error: Error) => this.#warn("stop", error));
    await this.#writing;
    await this.#removal;
    const fate = deferred<Error | undefined>();
    for (const table of this.#tables) {
      table.moved(fate.promise);
      table.leave(reason);
    }
    const obstacle = reason instanceof SpoolCorruptError ? reason.message : undefined;
    await former.leave(obstacle).catch((error: Error) => this.#warn("leave", error));
    this.#stream = await this.#beginAnother();
    void this.#adopt(former.owner, reason).then(fate.resolve);
    for (const table of this.#tables) {
      // Also one that is closing: what it waits for is not in this stream.
      table.begin();
      if (table.isClosed) {
        this.#tables.delete(table);
      } else {
        void table.claim();
      }
    }
  }

  /** Delivers what is left in a stream; resolves to the error if that cannot be. */
  async #adopt(owner: LiveStream["owner"], reason: Error): Promise<Error | undefined> {
    try {
      const adopted = await this.#parts.former.adopt(owner);
      return adopted === undefined ? reason : await adopted.end;
    } catch (error) {
      return error as Error;
    }
  }

  async #beginAnother(): Promise<LiveStream> {
    while (true) {
      try {
        return await this.#parts.beginStream();
      } catch (error) {
        this.#warn("begin", error as Error);
        if (this.#isClosed) {
          throw error;
        }
        await sleep(this.clock, LOOK_MS);
      }
    }
  }

  #publishSync(all: readonly Taken[], startedAt: number): void {
    const batches = all.map(({ taken }) => taken.batch);
    syncChannel.publish({
      directory: this.#parts.settings.directory,
      rows: batches.reduce((sum, { rows }) => sum + rows, 0),
      bytes: batches.reduce((sum, { bytes }) => sum + bytes, 0),
      durationMs: this.clock.now() - startedAt,
    } satisfies SyncMessage);
  }

  #warn(kind: string, error: Error): void {
    const { alarm, settings } = this.#parts;
    const { directory } = settings;
    alarm.sound(kind, `the spool ${directory}: ${error.message}`);
    if (spoolTroubleChannel.hasSubscribers) {
      spoolTroubleChannel.publish({ directory, kind, error } satisfies SpoolTroubleMessage);
    }
  }
}

function noop(): void {}
