import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { systemClock, type Clock } from "../../../dist/batch/clock.js";
import type { LivingStream } from "../../../dist/spool/living-stream.js";
import { nodeDisk } from "../../../dist/spool/node-disk.js";
import { SpoolDirectory } from "../../../dist/spool/spool-directory.js";
import { StreamWriter } from "../../../dist/spool/stream-writer.js";
import { unrefTimer } from "../../../dist/timers.js";
import { LifeProcess } from "./life-process.js";

/** A directory of streams, with lives of this process and of others. */
export class LifeScene {
  readonly warnings: string[] = [];
  /** The directory of streams. */
  readonly path: string;
  readonly #root: string;
  readonly #processes: LifeProcess[] = [];

  private constructor(root: string, path: string) {
    this.#root = root;
    this.path = path;
  }

  /** @param name the directory's path below a temporary one */
  static async create(name = "spool"): Promise<LifeScene> {
    const root = await realpath(await mkdtemp(join(tmpdir(), "spool-")));
    return new LifeScene(root, join(root, name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.kill()));
    await rm(this.#root, { recursive: true });
  }

  open(after: Clock["after"] = unrefTimer): Promise<SpoolDirectory> {
    const warn = (message: string): void => void this.warnings.push(message);
    return SpoolDirectory.open(this.path, { disk: nodeDisk, after, warn });
  }

  /** Starts another process with a life in the directory. */
  async start(): Promise<LifeProcess> {
    const life = await LifeProcess.start(this.path);
    this.#processes.push(life);
    return life;
  }

  names(): Promise<string[]> {
    return readdir(this.path);
  }
}

/** Writes the stream of a life. */
export function writerOf(stream: LivingStream, segmentBytes = 2 ** 20): Promise<StreamWriter> {
  return StreamWriter.begin(nodeDisk, stream.directory, {
    id: stream.id,
    segmentBytes,
    maxBytes: 2 ** 30,
    otherBytes: () => 0,
    isShared: false,
    retainMs: 0,
    clock: systemClock,
    onTrouble: ({ error }) => process.emitWarning(error),
    isOurs: () => stream.isOurs(),
  });
}
