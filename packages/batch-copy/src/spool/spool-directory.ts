import { randomUUID } from "node:crypto";
import { join } from "node:path";

import type { Clock } from "../batch/clock.js";
import { adoptStream } from "./adopt.js";
import type { Disk } from "./disk.js";
import { newName, type StreamOwner } from "./entry-names.js";
import { hasCode } from "./file-errors.js";
import { firstCreated } from "./first-created.js";
import { LivingStream, type StreamPlace } from "./living-stream.js";
import { openPlace } from "./open-place.js";
import { openSocket } from "./open-socket.js";
import { removeTree } from "./remove-tree.js";
import { type FoundStream, lifeOf, survey } from "./survey.js";
import { sweep } from "./sweep.js";

/** Milliseconds between two looks at the directory. */
const LOOK_MS = 10_000;

/** How often a stream is set up again whose directory another process has swept away. */
const BEGINNINGS = 3;

/** What a spool's directory needs. */
export interface SpoolDirectorySettings {
  readonly disk: Disk;
  /** Time between two looks, which must not keep the process alive. */
  readonly after: Clock["after"];
  /** See `StreamPlace`. */
  readonly forget?: StreamPlace["forget"];
  /** Tells the operator what will make streams wait. */
  readonly warn: (message: string) => void;
}

/** A stream whose owner is dead, and which may be adopted. */
export interface DeadStream extends StreamOwner {
  /** The path of its directory, until somebody adopts it. */
  readonly directory: string;
  /** When its first segment began; without one, when its directory was last changed. */
  readonly createdAt: Date;
}

/** What is told by {@link SpoolDirectory.watch}. */
export interface SpoolWatcher {
  /** Called with each dead stream, the oldest first, at each look, until it is adopted. */
  onDead(stream: DeadStream): void;
  /**
   * Called at each look with each stream that cannot be adopted, and why; with the path of the whole
   * directory if it cannot be read.
   */
  onStuck(path: string, reason: string): void;
}

/** A directory of streams: those of this process, of others that live, and of dead ones. */
export class SpoolDirectory {
  /** Its absolute path. */
  readonly path: string;
  readonly #place: StreamPlace;
  readonly #settings: SpoolDirectorySettings;

  private constructor(place: StreamPlace, settings: SpoolDirectorySettings) {
    this.path = place.directory;
    this.#place = place;
    this.#settings = settings;
  }

  /**
   * Makes the directory if it does not exist, durably, and checks that this process can write to it.
   *
   * @throws SpoolError that names the directory
   */
  static async open(path: string, settings: SpoolDirectorySettings): Promise<SpoolDirectory> {
    const place = await openPlace(path, settings.disk);
    return new SpoolDirectory({ ...place, forget: settings.forget }, settings);
  }

  /**
   * Begins a life: a new stream with an empty directory, but for a socket that answers as long as this process
   * lives.
   *
   * @throws the file system's error
   */
  async begin(): Promise<LivingStream> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#begin();
      } catch (error) {
        if (!hasCode(error, "ENOENT") || attempt === BEGINNINGS) {
          throw error;
        }
      }
    }
  }

  async #begin(): Promise<LivingStream> {
    const { disk } = this.#place;
    const [id, owner] = [randomUUID(), randomUUID()];
    const setUp = join(this.path, newName(id));
    await disk.makeDirectory(setUp);
    const socket = await openSocket(disk, setUp, owner, this.#settings.warn);
    const stream = new LivingStream(this.#place, { id, owner }, socket);
    try {
      await disk.rename(setUp, stream.directory);
      await disk.syncDirectory(this.path);
      return stream;
    } catch (error) {
      await socket?.close();
      await removeTree(disk, setUp);
      throw error;
    }
  }

  /**
   * Streams whose owners are dead, the oldest first.
   *
   * @throws the file system's error if the directory cannot be read
   */
  async dead(): Promise<readonly DeadStream[]> {
    return this.#datesOf(await survey(this.#place));
  }

  /**
   * Adopts a dead stream.
   *
   * @returns undefined if another process was faster, or the stream lives
   * @throws the file system's error
   */
  async adopt(stream: StreamOwner): Promise<LivingStream | undefined> {
    const { state } = await lifeOf(this.#place, stream);
    return state === "dead" ? adoptStream(this.#place, stream, this.#settings.warn) : undefined;
  }

  /**
   * Looks for dead streams now and every 10 seconds. Removes what other processes left half set up or half
   * removed.
   *
   * @returns ends that
   */
  watch(watcher: SpoolWatcher): () => void {
    let isWatching = true;
    let cancel = (): void => {};
    const look = async (): Promise<void> => {
      const found = await this.#look(watcher);
      if (isWatching) {
        found.forEach((tell) => tell());
        cancel = this.#settings.after(LOOK_MS, () => void look());
      }
    };
    void look();
    return () => {
      isWatching = false;
      cancel();
    };
  }

  /** What is to be told to a watcher. */
  async #look(watcher: SpoolWatcher): Promise<readonly (() => void)[]> {
    try {
      await sweep(this.#place);
      const found = await survey(this.#place);
      const dead = await this.#datesOf(found);
      return [
        ...dead.map((stream) => () => watcher.onDead(stream)),
        ...found.flatMap(({ directory, life }) =>
          life.state === "stuck" ? [() => watcher.onStuck(directory, life.reason)] : [],
        ),
      ];
    } catch (error) {
      return [() => watcher.onStuck(this.path, (error as Error).message)];
    }
  }

  async #datesOf(found: readonly FoundStream[]): Promise<readonly DeadStream[]> {
    const dead: DeadStream[] = [];
    for (const { id, owner, directory, life } of found) {
      const createdAt =
        life.state === "dead" ? await firstCreated(this.#place.disk, directory) : undefined;
      if (createdAt !== undefined) {
        dead.push({ id, owner, directory, createdAt });
      }
    }
    return dead.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  }
}
