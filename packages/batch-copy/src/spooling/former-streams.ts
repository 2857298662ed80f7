import { sleep } from "../batch/clock.js";
import { deferred, type Deferred } from "../copy/deferred.js";
import type { Alarm } from "../delivery/alarm.js";
import {
  ConnectError,
  FencedError,
  RewoundError,
  SpoolCorruptError,
  SpoolError,
} from "../errors.js";
import type { OwnSource } from "../source/own-source.js";
import type { StreamOwner } from "../spool/entry-names.js";
import type { LivingStream } from "../spool/living-stream.js";
import type { SpoolDirectory } from "../spool/spool-directory.js";
import type { TableExtent } from "../spool/stored-stream.js";
import { FormerStream, type FormerStreamParts } from "./former-stream.js";

/** What former streams are found with. */
export interface FormerStreamsParts extends FormerStreamParts {
  readonly directory: SpoolDirectory;
  readonly alarm: Alarm;
}

/** Milliseconds until a halt is noticed while written streams are retained. */
const RETAIN_STEP_MS = 500;

/** Errors after which rows are written as soon as the server is there; those after them wait. */
const PASSING = [ConnectError, RewoundError, FencedError] as const;

/** Delivers what former lives have left: at the start, and when another process has died. */
export class FormerStreams {
  readonly #parts: FormerStreamsParts;
  readonly #running = new Set<Promise<Error | undefined>>();
  readonly #streams = new Set<FormerStream>();
  readonly #adopting = new Set<string>();
  /** When the rows of a table that were found last are written, by its name. */
  readonly #written = new Map<string, Promise<void>>();
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
      await this.adopt(stream).catch((error: Error) => {
        if (error instanceof SpoolCorruptError) {
          throw error;
        }
        this.#warn(stream.directory, error);
      });
    }
    this.#stopWatching = directory.watch({
      onDead: (stream) => {
        this.adopt(stream).catch((error: Error) => this.#warn(stream.directory, error));
      },
      onStuck: (path, reason) => this.#warn(path, new Error(reason)),
    });
  }

  /** What they take on disk. */
  get bytes(): number {
    return [...this.#streams].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Makes room by what is committed.
   *
   * @param isWanted whether there is too little room
   */
  async tidy(isWanted: () => boolean): Promise<void> {
    for (const stream of this.#streams) {
      await stream.tidy(isWanted);
    }
  }

  /** How many streams are being delivered. */
  get count(): number {
    return this.#running.size;
  }

  /**
   * Resolves when the rows of a table that were found until now are written, or could not be written at once:
   * then those of this life need not wait.
   */
  async written(table: string): Promise<void> {
    await this.#written.get(table);
  }

  /** As {@link written}, for all tables. */
  async allWritten(): Promise<void> {
    await Promise.all(this.#written.values());
  }

  /** Adopts nothing more. What cannot be written at once is left to others. */
  halt(): void {
    this.#isStopped = true;
    this.#stopWatching?.();
  }

  /** As {@link halt}; resolves when all that was adopted is written, or left. */
  async stop(): Promise<void> {
    this.halt();
    await Promise.all(this.#running);
  }

  /**
   * Adopts a stream if it is dead, and begins to deliver it.
   *
   * @returns undefined if it lives, or another process was faster
   * @throws SpoolCorruptError for what the headers of its segments show
   */
  async adopt(dead: StreamOwner): Promise<Adopted | undefined> {
    if (this.#isStopped || this.#adopting.has(dead.id)) {
      return undefined;
    }
    this.#adopting.add(dead.id);
    try {
      const life = await this.#parts.directory.adopt(dead);
      return life && { end: this.#begin(await this.#open(life)) };
    } finally {
      this.#adopting.delete(dead.id);
    }
  }

  async #open(life: LivingStream): Promise<FormerStream> {
    try {
      return await FormerStream.open(this.#parts, life);
    } catch (error) {
      await life.leave(error instanceof SpoolCorruptError ? error.message : undefined);
      throw error;
    }
  }

  /** Resolves when it is delivered, or to the error for which it was left. */
  #begin(stream: FormerStream): Promise<Error | undefined> {
    this.#streams.add(stream);
    const turns = Array.from(stream.tables, (name) => this.#takeTurn(name));
    const running = this.#deliver(stream, new Map(turns.map((turn) => [turn.name, turn])))
      .then(() => undefined)
      .catch(async (error: Error) => {
        await this.#leave(stream, error);
        return error;
      })
      .finally(() => {
        this.#streams.delete(stream);
        turns.forEach(({ end }) => end.resolve());
        this.#running.delete(running);
      });
    this.#running.add(running);
    return running;
  }

  /** Rows of a table are written in the order of their streams. */
  #takeTurn(name: string): Turn {
    const former = this.#written.get(name);
    const end = deferred<void>();
    this.#written.set(name, end.promise);
    return { name, former, end };
  }

  async #deliver(stream: FormerStream, turns: ReadonlyMap<string, Turn>): Promise<void> {
    const extents = await stream.scan();
    const writing = Array.from(extents, ([table, extent]) => {
      return this.#write(stream, table, extent, turns.get(extent.forms.at(-1)!.name));
    });
    const results = await Promise.allSettled(writing);
    const failure = results.find((result) => result.status === "rejected");
    if (failure !== undefined) {
      throw failure.reason;
    }
    const sources = results.flatMap((result) =>
      result.status === "fulfilled" ? result.value : [],
    );
    await this.#retain();
    await stream.remove(sources, extents);
  }

  /** A server that forgets what was written gets it again. */
  async #retain(): Promise<void> {
    const { clock, retainMs } = this.#parts;
    const writtenAt = clock.now();
    while (clock.now() - writtenAt < retainMs && !this.#isStopped) {
      await sleep(clock, Math.min(RETAIN_STEP_MS, retainMs));
    }
  }

  async #write(
    stream: FormerStream,
    table: number,
    extent: TableExtent,
    turn: Turn | undefined,
  ): Promise<OwnSource> {
    await turn?.former;
    try {
      return await stream.write(table, extent, (error) => {
        if (!this.#isStopped) {
          this.#warn(`${stream.id} (${extent.forms.at(-1)!.name})`, error);
        }
        if (this.#isStopped || !PASSING.some((kind) => error instanceof kind)) {
          turn?.end.resolve();
        }
        return !this.#isStopped;
      });
    } finally {
      turn?.end.resolve();
    }
  }

  async #leave(stream: FormerStream, error: Error): Promise<void> {
    this.#warn(stream.id, this.#isStopped ? new Error("the spool was closed") : error);
    // Nothing but a repair can help; everything else may be tried again.
    const isBroken = error instanceof SpoolCorruptError || error instanceof SpoolError;
    await stream
      .leave(isBroken ? error.message : undefined)
      .catch((failure: Error) => this.#warn(stream.id, failure));
  }

  #warn(what: string, { message }: Error): void {
    this.#parts.alarm.sound(`spool ${what}`, `stored rows wait in ${what}: ${message}`);
  }
}

/** A stream that was adopted. */
export interface Adopted {
  /** Resolves when it is delivered, or to the error for which it was left. */
  readonly end: Promise<Error | undefined>;
}

/** The turn of a stream's rows of one table. */
interface Turn {
  readonly name: string;
  /** When the rows before them are written. */
  readonly former: Promise<void> | undefined;
  readonly end: Deferred<void>;
}
