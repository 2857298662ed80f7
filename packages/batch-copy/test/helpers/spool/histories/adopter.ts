import { Adoption } from "./adoption.js";
import type { LifeMeans } from "./life-means.js";
import { removeAll } from "./system-calls.js";
import { parseName, pathOf, SPOOL } from "./world.js";

/** Milliseconds between two looks for dead streams, at most. */
const WATCH_MS = 10_000;

/** Adopts the streams of lives that are taken for dead, and delivers what they have. */
export class Adopter {
  readonly #means: LifeMeans;
  #adoptions = 0;

  constructor(means: LifeMeans) {
    this.#means = means;
  }

  /** Looks for dead streams until the process ends. */
  async run(): Promise<never> {
    for (;;) {
      for (const name of await this.#means.disk.list(SPOOL)) {
        await this.#look(name);
      }
      await this.#means.pause(WATCH_MS);
    }
  }

  async #look(name: string): Promise<void> {
    const { disk, world, name: owner } = this.#means;
    if (name.startsWith(".done-")) {
      return removeAll(disk, `${SPOOL}/${name}`);
    }
    const parsed = parseName(name);
    if (parsed !== undefined && parsed.owner !== owner && !world.alive.has(parsed.owner)) {
      return this.#adopt(name, parsed.stream);
    }
  }

  async #adopt(name: string, stream: string): Promise<void> {
    const { disk, world } = this.#means;
    // A name that nobody has had: whoever had the stream before must not take it for its own again.
    const directory = pathOf(stream, this.#means.name, ++this.#adoptions);
    try {
      await disk.rename(`${SPOOL}/${name}`, directory);
    } catch (error) {
      // Another life was faster.
      return world.tell(String(error));
    }
    await this.#means.persist(() => disk.syncDirectory(SPOOL));
    if (await new Adoption(this.#means, stream, directory).deliver()) {
      await this.#means.takeDown(stream, directory);
    }
  }
}
