import { sleep, type Clock } from "../batch/clock.js";
import { deferred } from "../copy/deferred.js";
import { SpoolCorruptError } from "../errors.js";
import type { FormerStreams } from "./former-streams.js";
import type { LiveStream } from "./live-stream.js";
import type { SpoolAlarm } from "./spool-alarm.js";
import type { StreamTable } from "./stream-table.js";

/** What the stream of a spool is changed with. */
export interface CurrentStreamParts {
  /** Those whose rows are in the stream; one that is closed is removed with it. */
  readonly tables: Set<StreamTable>;
  readonly former: FormerStreams;
  /** Begins a stream. */
  readonly beginStream: () => Promise<LiveStream>;
  readonly clock: Clock;
  readonly alarm: SpoolAlarm;
  /** Called when another stream is going to be begun: nothing more should be written to this one. */
  readonly onChanging: () => void;
  /** Resolves when nothing is written to the stream, or removed from it. */
  readonly atRest: () => Promise<void>;
  /** Called when another stream has begun, or could not be begun. */
  readonly onChanged: () => void;
}

/** Milliseconds before another attempt to begin a stream. */
const RETRY_MS = 1000;

/**
 * The stream that rows are written to now. If it cannot be gone on with, another one is begun, and what is left in
 * the former one is delivered as that of a former life.
 */
export class CurrentStream {
  readonly #parts: CurrentStreamParts;
  #stream: LiveStream;
  #change: Promise<void> | undefined;
  #isClosed = false;

  /** @param stream the first one */
  constructor(parts: CurrentStreamParts, stream: LiveStream) {
    this.#parts = parts;
    this.#stream = stream;
  }

  get stream(): LiveStream {
    return this.#stream;
  }

  /** Whether another stream is being begun. */
  get isChanging(): boolean {
    return this.#change !== undefined;
  }

  /** Whether no other stream is begun any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Resolves when another stream has begun. */
  async changed(): Promise<void> {
    await this.#change;
  }

  /** Begins another stream, and delivers what is left in this one as that of a former life. */
  change(reason: Error): void {
    const { alarm, onChanged, onChanging } = this.#parts;
    if (this.#change === undefined && !this.#isClosed) {
      this.#change = this.#changeOnce(reason)
        .catch((error: Error) => alarm.warn("change", error))
        .finally(() => {
          this.#change = undefined;
          onChanged();
        });
      onChanging();
    }
  }

  async #changeOnce(reason: Error): Promise<void> {
    const { alarm, atRest, tables } = this.#parts;
    const former = this.#stream;
    await former.stop().catch((error: Error) => alarm.warn("stop", error));
    await atRest();
    const fate = deferred<Error | undefined>();
    for (const table of tables) {
      table.moved(fate.promise);
      table.leave(reason);
    }
    const obstacle = reason instanceof SpoolCorruptError ? reason.message : undefined;
    await former.leave(obstacle).catch((error: Error) => alarm.warn("leave", error));
    this.#stream = await this.#beginAnother();
    void this.#adopt(former.owner, reason).then(fate.resolve);
    for (const table of tables) {
      // Also one that is closing: what it waits for is not in this stream.
      table.begin();
      if (table.isClosed) {
        tables.delete(table);
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
        this.#parts.alarm.warn("begin", error as Error);
        if (this.#isClosed) {
          throw error;
        }
        await sleep(this.#parts.clock, RETRY_MS);
      }
    }
  }
}
