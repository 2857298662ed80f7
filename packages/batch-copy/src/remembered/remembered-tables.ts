import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The directory for what is known of tables, in that of a spool. */
const DIRECTORY = ".tables";

/**
 * Keeps what was found out about tables in the directory of a spool, so that rows can be accepted while the
 * database is away.
 */
export class RememberedTables {
  readonly #directory: string;

  /** @param spool the path of the spool's directory */
  constructor(spool: string) {
    this.#directory = join(spool, DIRECTORY);
  }

  /** What was remembered for a key; undefined if there is nothing that can be read. */
  async recall(key: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#pathOf(key), "utf8")) as unknown;
    } catch {
      // It is as if the table had never been found: connecting says so.
      return undefined;
    }
  }

  /** Remembers something, unless the same is remembered already. */
  async remember(key: string, known: object): Promise<void> {
    const path = this.#pathOf(key);
    const json = JSON.stringify(known);
    if (JSON.stringify(await this.recall(key)) === json) {
      return;
    }
    await mkdir(this.#directory, { recursive: true });
    // Several may do this at once; each writes the whole file.
    const written = `${path}.${randomUUID()}`;
    await writeFile(written, json, { flush: true });
    await rename(written, path);
  }

  #pathOf(key: string): string {
    const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
    return join(this.#directory, `${hash}.json`);
  }
}
