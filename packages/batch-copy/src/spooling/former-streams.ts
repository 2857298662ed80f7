import { deferred } from "../copy/deferred.js";
import type { Alarm } from "../delivery/alarm.js";
import { ConnectError, RewoundError } from "../errors.js";
import type { StreamOwner } from "../spool/entry-names.js";
import type { LivingStream } from "../spool/living-stream.js";
import type { SpoolDirectory } from "../spool/spool-directory.js";
import { FormerStream, type FormerStreamParts } from "./former-stream.js";

/** What former streams are found with. */
export interface FormerStreamsParts extends FormerStreamParts {
  readonly directory: SpoolDirectory;
  readonly alarm: Alarm;
}

/** Milliseconds before the next attempt to reach the server. */
const RETRY_MS = 1000;

/** Delivers what former lives have left: at the start, and when another process has died. */
export class FormerStreams {
  readonly #parts: FormerStreamsParts;
  /** Those that are being delivered, with the promise of their end. */
  readonly #running = new Map<FormerStream, Promise<void>>();
  readonly #adopting = new Set<string>();
  #lastFed: Promise<void> = Promise.resolve();
  #stopWatching: (() => void) | undefined;
  #isStopped = false;

  constructor(parts: FormerStreamsParts) {
    this.#parts = parts;
  }

  /**
   * Adopts the streams that are dead now, the oldest first, and begins to deliver them.
   *
   * @throws SpoolCorruptError for what the headers of their segments show
   */
  async start(): Promise<void> {
    const { directory } = this.#parts;
    for (const stream of await directory.dead()) {
      await this.adopt(stream);
    }
    this.#stopWatching = directory.watch({
      onDead: (stream) => {
        this.adopt(stream).catch((error: Error) => this.#warn(stream.directory, error));
      },
      onStuck: (path, reason) => this.#warn(path, new Error(reason)),
    });
  }

  /** How many streams are being delivered. */
  get count(): number {
    return this.#running.size;
  }

  /** Resolves when the rows of a table that are being delivered now are written. */
  async written(table: string): Promise<void> {
    const ends = [...this.#running].flatMap(([{ tables }, end]) => (tables.has(table) ? end : []));
    await Promise.all(ends);
  }

  /** Adopts nothing more. What cannot be delivered now is left to others. */
  halt(): void {
    this.#isStopped = true;
    this.#stopWatching?.();
  }

  /** As {@link halt}; resolves when all that was adopted is delivered, or left. */
  async stop(): Promise<void> {
    this.halt();
    await Promise.all(this.#running.values());
  }

  /**
   * Adopts a stream if it is dead, and begins to deliver it.
   *
   * @throws SpoolCorruptError for what the headers of its segments show
   */
  async adopt(dead: StreamOwner): Promise<void> {
    if (this.#isStopped || this.#adopting.has(dead.id)) {
      return;
    }
    this.#adopting.add(dead.id);
    try {
      const life = await this.#parts.directory.adopt(dead);
      if (life !== undefined) {
        this.#deliver(await this.#open(life));
      }
    } finally {
      this.#adopting.delete(dead.id);
    }
  }

  async #open(life: LivingStream): Promise<FormerStream> {
    try {
      return await FormerStream.open(this.#parts, life);
    } catch (error) {
      await life.leave((error as Error).message);
      throw error;
    }
  }

  #deliver(stream: FormerStream): void {
    const end = deferred<void>();
    this.#running.set(stream, end.promise);
    const fed = this.#lastFed.then(() => this.#feed(stream));
    this.#lastFed = fed.catch(noop);
    fed
      .then(() => stream.finish())
      .catch((error: Error) => this.#giveUp(stream, error))
      .finally(() => {
        this.#running.delete(stream);
        end.resolve();
      });
  }

  /** Passes the rows of a stream on, as soon as the server can be reached. */
  async #feed(stream: FormerStream): Promise<void> {
    while (true) {
      try {
        return await stream.feed();
      } catch (error) {
        if (!(error instanceof ConnectError) || this.#isStopped) {
          throw error;
        }
        await new Promise<void>((resolve) => {
          this.#parts.clock.after(RETRY_MS, resolve);
        });
      }
    }
  }

  async #giveUp(stream: FormerStream, error: Error): Promise<void> {
    this.#warn(stream.id, error);
    // Whoever adopts it next goes on where the ledger stands: this process, too.
    const isToBeContinued =
      error instanceof ConnectError || error instanceof RewoundError || this.#isStopped;
    await stream
      .leave(isToBeContinued ? undefined : error.message)
      .catch((failure: Error) => this.#warn(stream.id, failure));
  }

  #warn(what: string, { message }: Error): void {
    this.#parts.alarm.sound(`spool ${what}`, `stored rows wait in ${what}: ${message}`);
  }
}

function noop(): void {}
