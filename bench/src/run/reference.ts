import { createWriteStream } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { from as copyFrom, to as copyTo } from "pg-copy-streams";

import { divide } from "../contenders/job.js";
import { escapeText, textChunks } from "../workloads/copy-text.js";
import type { Share } from "../workloads/share.js";
import { qualifiedName, type Workload } from "../workloads/workload.js";
import type { BenchDatabase, Totals } from "./bench-database.js";

/**
 * The expected contents of tables, and files to copy from. The server itself reads the rows as text
 * and writes them as binary, so none of our encoders is involved.
 */
export class References {
  readonly #database: BenchDatabase;
  readonly #folder: string;
  readonly #totals = new Map<string, readonly Totals[]>();
  readonly #files = new Map<string, readonly string[]>();

  private constructor(database: BenchDatabase, folder: string) {
    this.#database = database;
    this.#folder = folder;
  }

  /** Files are written to a temporary folder, which `remove` deletes. */
  static async open(database: BenchDatabase): Promise<References> {
    const folder = await mkdtemp(join(tmpdir(), "batch-copy-bench-"));
    // The server may run as another user, who must be able to read the files.
    await chmod(folder, 0o755);
    return new References(database, folder);
  }

  /** The expected contents of the tables, in the order of the shares; may empty the tables. */
  async totals(shares: readonly Share[]): Promise<readonly Totals[]> {
    const key = shares.map(({ workload, rows }) => `${workload.name} ${rows}`).join();
    const totals = this.#totals.get(key) ?? (await this.#makeTotals(shares));
    this.#totals.set(key, totals);
    return totals;
  }

  /** The first rows in COPY's binary format, divided into files; may empty the table. */
  async files(workload: Workload, rows: number, parts: number): Promise<readonly string[]> {
    const key = `${workload.name.replace(":", "-")}-${rows}-${parts}`;
    const files =
      this.#files.get(key) ?? (await this.#makeFiles(workload, divide(rows, parts), key));
    this.#files.set(key, files);
    return files;
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #makeTotals(shares: readonly Share[]): Promise<readonly Totals[]> {
    await this.#database.empty(shares.map(({ workload }) => workload));
    const totals: Totals[] = [];
    for (const { workload, rows } of shares) {
      await this.#load(workload, [0, rows]);
      totals.push(await this.#database.totals(workload));
    }
    return totals;
  }

  async #makeFiles(
    workload: Workload,
    shares: readonly [number, number][],
    key: string,
  ): Promise<string[]> {
    const files: string[] = [];
    for (const [part, share] of shares.entries()) {
      await this.#database.empty([workload]);
      await this.#load(workload, share);
      const file = join(this.#folder, `${key}.${part}`);
      await this.#save(workload, file);
      files.push(file);
    }
    return files;
  }

  async #load(workload: Workload, share: readonly [number, number]): Promise<void> {
    const copy = copyFrom(`COPY ${qualifiedName(workload)} FROM STDIN`);
    const lines = Readable.from(textChunks(workload, share, escapeText));
    await pipeline(lines, this.#database.client.query(copy));
  }

  async #save(workload: Workload, file: string): Promise<void> {
    const copy = copyTo(`COPY ${qualifiedName(workload)} TO STDOUT (FORMAT binary)`);
    await pipeline(this.#database.client.query(copy), createWriteStream(file));
  }
}
