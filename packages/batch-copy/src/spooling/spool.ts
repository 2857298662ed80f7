import { Budget } from "../batch/budget.js";
import type { Clock } from "../batch/clock.js";
import type { Alarm } from "../delivery/alarm.js";
import { ClosedError } from "../errors.js";
import type { SpoolSettings } from "../spool-option.js";
import type { SpoolStats } from "../spool-stats.js";
import type { SpoolTrouble } from "../spool/stream-settings.js";
import { CommittedRows } from "./committed-rows.js";
import { CurrentStream } from "./current-stream.js";
import type { FormerStreams } from "./former-streams.js";
import type { FormerTarget } from "./former-target.js";
import type { LiveStream } from "./live-stream.js";
import { SpoolAlarm } from "./spool-alarm.js";
import { SpoolWriter } from "./spool-writer.js";
import type { SpooledSources } from "./spooled-sources.js";
import type { StreamTable } from "./stream-table.js";

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
  readonly #alarm: SpoolAlarm;
  readonly #current: CurrentStream;
  readonly #writer: SpoolWriter;
  readonly #committed: CommittedRows;

  /** Begins the first stream. */
  static async open(parts: SpoolParts): Promise<Spool> {
    return new Spool(parts, await parts.beginStream());
  }

  private constructor(parts: SpoolParts, stream: LiveStream) {
    const { beginStream, clock, former, isShared, maxBufferedBytes, settings, sources } = parts;
    const share = Math.floor(maxBufferedBytes * GATHERING_SHARE);
    const gathering = Math.min(MOST_GATHERING_BYTES, share);
    this.#parts = parts;
    this.clock = clock;
    this.gathering = new Budget(gathering, clock, isShared);
    this.memory = new Budget(maxBufferedBytes - gathering, clock, isShared);
    this.#alarm = new SpoolAlarm(parts.alarm, settings.directory);
    const shared = { alarm: this.#alarm, clock, former, settings, tables: this.#tables };
    this.#current = new CurrentStream(
      {
        ...shared,
        beginStream,
        onChanging: () => this.#writer.wake(),
        atRest: () => this.#atRest(),
        onChanged: () => this.#writer.write(),
      },
      stream,
    );
    const current = this.#current;
    this.#writer = new SpoolWriter({
      ...shared,
      current,
      isShared,
      onPutOff: () => this.#committed.look(),
    });
    this.#committed = new CommittedRows({ ...shared, current, sources, writer: this.#writer });
  }

  /** The most bytes that are made durable at once for one table. */
  get mostBytesAtOnce(): number {
    return this.#writer.mostBytesAtOnce;
  }

  get stats(): SpoolStats {
    const since = [...this.#tables].flatMap(({ waitingSince }) => waitingSince ?? []);
    return {
      rows: this.#rowsLeft,
      bytes: this.#committed.bytes,
      oldestRowMs: since.length === 0 ? 0 : this.clock.now() - Math.min(...since),
      syncs: this.#writer.syncs,
      streamsAdopted: this.#parts.former.count,
    };
  }

  /** The stream that rows are written to now. */
  get stream(): LiveStream {
    return this.#current.stream;
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
    this.#writer.request(table);
  }

  /** As {@link request}, for rows that do not wait for room. */
  requestNow(table: StreamTable): void {
    this.request(table);
    this.#writer.wake();
  }

  /** Called when rows are committed: files may be removed. */
  settled(): void {
    this.#committed.settled();
  }

  onTrouble({ kind, error }: SpoolTrouble): void {
    if (kind === "full") {
      this.#writer.onFull();
    }
    this.#alarm.warn(kind, error);
    this.settled();
  }

  /** Called if rows are written again from where the ledger stands. */
  onInterrupted(table: string, error: Error): void {
    this.#alarm.warn(`interrupted ${table}`, error);
  }

  /** Called if rows of the stream cannot be read, or the stream is not ours any more. */
  onLost(table: string, error: Error): void {
    this.#alarm.warn(`lost ${table}`, error);
    this.#current.change(error);
  }

  /** Called if the source of a table cannot be claimed now. */
  onUnclaimed(table: string, error: Error): void {
    this.#alarm.warn(`unclaimed ${table}`, error);
  }

  /** Whether it is being closed, or is closed. */
  get isClosed(): boolean {
    return this.#current.isClosed;
  }

  /** Whether another stream is being begun. */
  get isChanging(): boolean {
    return this.#current.isChanging;
  }

  /** Resolves when another stream has begun. */
  changed(): Promise<void> {
    return this.#current.changed();
  }

  /** Called if rows of a former life cannot be read. */
  onDamaged(table: string, error: Error): void {
    this.#alarm.warn(`damaged ${table}`, error);
  }

  /** Makes `close()` leave on disk what is not written. */
  giveUp(message: string): void {
    this.#current.close();
    this.stream.stop().catch((error: Error) => this.#alarm.warn("stop", error));
    this.#parts.former.halt();
    this.#parts.target.abandon(message);
    this.#writer.askAgain();
  }

  /** Removes what is committed, and ends the stream if that is all of it; otherwise the rest stays on disk. */
  async close(): Promise<void> {
    this.#current.close();
    this.#committed.stop();
    this.#writer.askAgain();
    await Promise.all(Array.from(this.#tables, (table) => table.flushGathered()));
    await this.#parts.former.stop();
    await this.#current.changed();
    await this.#atRest();
    if (await this.#isCommitted()) {
      // If the ledger cannot be reached any more, whoever opens the spool next does the rest.
      await this.stream.end().catch((error: Error) => this.#alarm.warn("end", error));
      return;
    }
    const rows = this.#rowsLeft;
    this.#tables.forEach((table) => table.leave(new ClosedError()));
    await this.stream.leave(undefined);
    const why =
      rows === 0 ? "nobody knows whether all commits are durable" : `${rows} rows are left`;
    this.#alarm.warn("left", new Error(`${why}: whoever opens the spool next goes on`));
  }

  /** Resolves when nothing is written to the stream, or removed from it. */
  async #atRest(): Promise<void> {
    await this.#writer.written();
    await this.#committed.removed();
  }

  /** Rows that are durable, and not known to be committed. */
  get #rowsLeft(): number {
    let rows = 0;
    for (const { source, storedRows } of this.#tables) {
      rows += storedRows - Number(source?.position ?? 0n);
    }
    return rows;
  }

  /** Whether all rows are committed, durably. */
  async #isCommitted(): Promise<boolean> {
    try {
      const positions = this.#rowsLeft === 0 ? await this.#committed.remove() : undefined;
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
}
