import { lookAtStream } from "../../../../dist/spool/look-at-stream.js";
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
      // As one that may be alive: whoever has it may rewrite segments meanwhile.
      const { damage } = await lookAtStream(this.#means.disk, directory, true);
      if (damage !== undefined) {
        accuse(this.#means.world, stream, `an onlooker calls it damaged: ${damage.message}`);
      }
    } catch (error) {
      // Whoever has it may remove or rename it meanwhile.
      if (codeOf(error) !== "ENOENT") {
        throw error;
      }
    }
  }
}
