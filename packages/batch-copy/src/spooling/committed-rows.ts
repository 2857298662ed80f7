import type { Clock } from "../batch/clock.js";
import type { SpoolSettings } from "../spool-option.js";
import { unrefTimer } from "../timers.js";
import type { CurrentStream } from "./current-stream.js";
import type { FormerStreams } from "./former-streams.js";
import type { SpoolAlarm } from "./spool-alarm.js";
import type { SpoolWriter } from "./spool-writer.js";
import type { SpooledSources } from "./spooled-sources.js";
import type { StreamTable } from "./stream-table.js";

/** What committed rows are removed with. */
export interface CommittedRowsParts {
  readonly settings: SpoolSettings;
  readonly tables: ReadonlySet<StreamTable>;
  readonly current: CurrentStream;
  readonly former: FormerStreams;
  readonly writer: SpoolWriter;
  readonly sources: SpooledSources;
  readonly clock: Clock;
  readonly alarm: SpoolAlarm;
}

/** Milliseconds between two looks at the ledger, for what may be removed and what the server has forgotten. */
const LOOK_MS = 1000;

/** The same while rows wait for room: each commit may make some, and each look is a transaction. */
const URGENT_LOOK_MS = 20;

/** The same while nothing is written, and committed rows are retained. */
const IDLE_LOOK_MS = 10_000;

/** Looks at the ledger from time to time, and removes the files whose rows are committed. */
export class CommittedRows {
  readonly #parts: CommittedRowsParts;
  #removal: Promise<void> | undefined;
  #lookedAt = -Infinity;
  /** What former lives have taken on disk when that was looked at last. */
  #formerBytes = Infinity;
  readonly #stopLooking: () => void;
  #lookLater: (() => void) | undefined;

  constructor(parts: CommittedRowsParts) {
    this.#parts = parts;
    this.#stopLooking = this.#lookFromTimeToTime();
  }

  /** On disk, of this process and of the former lives that it delivers. */
  get bytes(): number {
    return this.#parts.current.stream.bytes + this.#parts.former.bytes;
  }

  /** Called when rows are committed: files may be removed. */
  settled(): void {
    const { current, former, writer } = this.#parts;
    if (writer.isUrgent || current.stream.segments > 1 || former.count > 0) {
      this.look();
    }
  }

  /** Removes what can be removed, unless that was done a moment ago. */
  look(): void {
    const { alarm, clock, current, writer } = this.#parts;
    const wait = writer.isUrgent ? URGENT_LOOK_MS : LOOK_MS;
    const left = wait - (clock.now() - this.#lookedAt);
    if (left > 0) {
      if (writer.isUrgent) {
        this.#lookLater ??= unrefTimer(left, () => {
          this.#lookLater = undefined;
          this.settled();
        });
      }
      return;
    }
    if (this.#removal === undefined && !current.isChanging && !current.isClosed) {
      this.#removal = this.remove()
        .then(() => this.#tidyFormer())
        .catch((error: Error) => alarm.warn("ledger", error))
        .finally(() => {
          this.#removal = undefined;
          writer.askAgain();
        });
    }
  }

  /**
   * Removes the files whose rows are committed, durably. A server that has forgotten some is noticed.
   *
   * @returns the positions of sources, by name
   */
  async remove(): Promise<ReadonlyMap<string, bigint>> {
    this.#lookedAt = this.#parts.clock.now();
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
    await this.#parts.current.stream.remove(positions);
    return positions;
  }

  /** Looks no more of its own accord. */
  stop(): void {
    this.#stopLooking();
    this.#lookLater?.();
  }

  /** Resolves when nothing is being removed. */
  async removed(): Promise<void> {
    await this.#removal;
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
    const isUsed = [...this.#parts.tables].some(({ storedRows }) => storedRows > 0);
    const isLong = this.#parts.clock.now() - this.#lookedAt >= IDLE_LOOK_MS;
    if (this.#parts.settings.retainMs > 0 && isUsed && isLong) {
      this.look();
    }
  }

  /** Removes files of former lives whose rows are committed. */
  async #tidyFormer(): Promise<void> {
    const { current, former, settings, writer } = this.#parts;
    await former.tidy(() => writer.isUrgent || this.bytes > settings.maxBytes / 2);
    if (former.bytes < this.#formerBytes) {
      current.stream.wake();
    }
    this.#formerBytes = former.bytes;
  }

  get #sources(): readonly NonNullable<StreamTable["source"]>[] {
    return [...this.#parts.tables].flatMap(({ source }) => source ?? []);
  }
}

function noop(): void {}
