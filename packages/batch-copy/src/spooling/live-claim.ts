import { sleep, type Clock } from "../batch/clock.js";
import { deferred, type Deferred } from "../copy/deferred.js";
import { SpoolCorruptError, SpoolError } from "../errors.js";
import { claimSpooledSource } from "./claim-spooled-source.js";
import type { LiveStream } from "./live-stream.js";
import type { Spool } from "./spool.js";
import type { SpooledTarget } from "./spooled-target.js";
import type { TableFeed } from "./table-feed.js";
import type { TableFeeds } from "./table-feeds.js";

/** What the source of a table is claimed with. */
export interface LiveClaimParts<Row extends object> extends Pick<SpooledTarget, "name" | "claim"> {
  readonly clock: Clock;
  readonly spool: Spool;
  readonly feeds: TableFeeds<Row>;
  /** How many rows of the stream are durable. */
  readonly storedRows: () => number;
}

/** Milliseconds before another attempt to claim a source. */
const RETRY_MS = 1000;

/**
 * Claims the source that rows of this life are written by, and again when it was interrupted. The rows go to a
 * feed, which passes them on once the source is claimed.
 */
export class LiveClaim<Row extends object> {
  readonly #parts: LiveClaimParts<Row>;
  #stream: LiveStream;
  /** That of the table in the stream. */
  #number = -1;
  #claimed: Deferred<void> = deferred();
  #stuck: Deferred<void> = handled();
  /** Whether it is noted on disk that the source is claimed. */
  #isNoted = false;
  #isStopped = false;

  constructor(parts: LiveClaimParts<Row>) {
    this.#parts = parts;
    this.#stream = parts.spool.stream;
  }

  /** Resolves when the source is claimed. */
  get claimed(): Promise<void> {
    return this.#claimed.promise;
  }

  /** Rejects if only an operator can help. */
  get stuck(): Promise<void> {
    return this.#stuck.promise;
  }

  /** Rows go to another stream, under this number, and so are written by another source. */
  begin(stream: LiveStream, number: number): void {
    this.#stream = stream;
    this.#number = number;
    this.#isNoted = false;
    this.#beginFeed();
  }

  /** Claims nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Claims the source, however long that takes. */
  async untilClaimed(): Promise<void> {
    const { clock, feeds, name, spool } = this.#parts;
    const { live } = feeds;
    while (live === feeds.live && !this.#isStopped && !spool.isClosed) {
      try {
        return await this.once();
      } catch (error) {
        if (live === feeds.live) {
          spool.onUnclaimed(name, error as Error);
          if (error instanceof SpoolError) {
            this.#stuck.reject(error);
          }
          await sleep(clock, RETRY_MS);
        }
      }
    }
  }

  /** Claims the source. Its rows are written after those that former lives have left. */
  async once(): Promise<void> {
    const { feeds, name, spool } = this.#parts;
    const [live, stream, number] = [feeds.live!, this.#stream, this.#number];
    const source = await claimSpooledSource(this.#parts, {
      name: stream.sourceName(number),
      wasClaimed: this.#isNoted,
      onLost: (error) => this.#onLost(live, error),
    });
    if (!this.#isNoted && live === feeds.live) {
      await stream.noteClaim(number);
    }
    if (live !== feeds.live) {
      // Another stream has begun meanwhile.
      return;
    }
    this.#isNoted = true;
    feeds.hold();
    live.begin(source);
    this.#claimed.resolve();
    this.#stuck = handled();
    void spool.formerWritten(name).then(() => {
      if (live === feeds.live) {
        feeds.letGo();
      }
    });
  }

  #onLost(live: TableFeed<Row>, error: Error): void {
    const { feeds, name, spool } = this.#parts;
    if (live !== feeds.live || this.#isStopped || spool.isClosed) {
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
    const { clock, feeds } = this.#parts;
    feeds.live!.end(error);
    this.#beginFeed();
    const { live } = feeds;
    await sleep(clock, RETRY_MS);
    if (live === feeds.live) {
      await this.untilClaimed();
    }
  }

  /** Passes on what is on disk, and what will be, once its source is claimed. */
  #beginFeed(): void {
    const [stream, number] = [this.#stream, this.#number];
    const stored = { next: 0, end: this.#parts.storedRows() };
    this.#claimed = deferred();
    this.#parts.feeds.beginLive(stored, (row) => stream.readFrom(number, row));
  }
}

/** One whose rejection need not be awaited. */
function handled(): Deferred<void> {
  const made = deferred<void>();
  made.promise.catch(noop);
  return made;
}

function noop(): void {}
