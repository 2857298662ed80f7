import { dirname, join } from "node:path";

import type { AliveSocket } from "./alive-socket.js";
import type { Disk } from "./disk.js";
import { doneName, freeName, streamName, stuckName, type StreamOwner } from "./entry-names.js";
import { removeTree } from "./remove-tree.js";
import { writeMark } from "./write-mark.js";

/** Where streams are. */
export interface StreamPlace {
  readonly disk: Disk;
  /** The path of the directory that holds those of the streams. */
  readonly directory: string;
  /** Why a socket that refuses does not say that its owner is dead; undefined if it does. */
  readonly remote: string | undefined;
  /** Called before the last trace of a stream is removed, which stays if it rejects. */
  readonly forget?: ((stream: string) => Promise<void>) | undefined;
}

/** A stream that this process has: others see that its owner lives. */
export class LivingStream implements StreamOwner {
  readonly id: string;
  readonly owner: string;
  /** The path of its directory, as long as it is ours. */
  readonly directory: string;
  readonly #place: StreamPlace;
  readonly #socket: AliveSocket | undefined;

  /** @param socket undefined if there can be none: then nobody adopts the stream unless told to */
  constructor(place: StreamPlace, { id, owner }: StreamOwner, socket: AliveSocket | undefined) {
    this.id = id;
    this.owner = owner;
    this.directory = join(place.directory, streamName({ id, owner }));
    this.#place = place;
    this.#socket = socket;
  }

  /** Whether the stream still belongs to this process: whoever adopts it renames its directory. */
  isOurs(): boolean {
    return this.#place.disk.exists(this.directory);
  }

  /**
   * Removes the stream with all that is in its directory, durably. Its rows must be committed, and its files
   * closed.
   *
   * @throws the file system's error: ENOENT if another process has adopted the stream
   */
  async end(): Promise<void> {
    const { disk, forget } = this.#place;
    const parent = dirname(this.directory);
    const done = join(parent, doneName(this.id));
    await disk.rename(this.directory, done);
    await disk.syncDirectory(parent);
    await this.#socket?.close();
    await forget?.(this.id);
    await removeTree(disk, done);
  }

  /**
   * Gives up the stream with the rows that are left in it. Its files must be closed.
   *
   * @param obstacle why nobody can adopt it before `repairSpool()`; without one, anyone may adopt it at once
   * @throws the file system's error if that could not be noted
   */
  async leave(obstacle?: string): Promise<void> {
    try {
      await this.#note(obstacle);
    } finally {
      await this.#socket?.close();
    }
  }

  async #note(obstacle: string | undefined): Promise<void> {
    const { disk, remote } = this.#place;
    if (obstacle !== undefined) {
      await writeMark(disk, this.directory, stuckName(this.owner), obstacle);
    } else if (this.#socket === undefined || remote !== undefined) {
      await writeMark(disk, this.directory, freeName(this.owner), "");
    }
  }
}
