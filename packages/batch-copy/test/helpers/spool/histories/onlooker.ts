import { SpoolCorruptError } from "../../../../dist/errors.js";
import { StoredStream } from "../../../../dist/spool/stored-stream.js";
import { accuse } from "./accuse.js";
import type { LifeMeans } from "./life-means.js";
import { codeOf } from "./system-calls.js";
import { parseName, SPOOL } from "./world.js";

/** Looks at all streams from time to time, also while they are written, and changes nothing. */
export class Onlooker {
  readonly #means: LifeMeans;

  constructor(means: LifeMeans) {
    this.#means = means;
  }

  async run(): Promise<never> {
    for (;;) {
      for (const name of await this.#means.disk.list(SPOOL)) {
        const stream = parseName(name)?.stream;
        if (stream !== undefined) {
          await this.#look(stream, `${SPOOL}/${name}`);
        }
      }
      await this.#means.pause(10_000);
    }
  }

  async #look(stream: string, directory: string): Promise<void> {
    try {
      await (await StoredStream.open(this.#means.disk, directory, false)).scan();
    } catch (error) {
      // Whoever has it may remove or rename it meanwhile.
      if (codeOf(error) === "ENOENT") {
        return;
      }
      if (!(error instanceof SpoolCorruptError)) {
        throw error;
      }
      accuse(this.#means.world, stream, `an onlooker calls it damaged: ${error.message}`);
    }
  }
}
