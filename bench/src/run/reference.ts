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

/** Rows from a number to another one, exclusive. */
type Part = readonly [from: number, to: number];

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
    return this.once(key, () => this.#makeTotals(shares));
  }

  /** The totals of a key, which are made when they are first requested. */
  async once(key: string, make: () => Promise<readonly Totals[]>): Promise<readonly Totals[]> {
    const totals = this.#totals.get(key) ?? (await make());
    this.#totals.set(key, totals);
    return totals;
  }

  /** Replaces the contents of the workload's table by its first rows. */
  async fill(workload: Workload, rows: number): Promise<void> {
    await this.#database.empty([workload]);
    await this.#load(workload, [0, rows]);
  }

  /** The first rows in COPY's binary format, divided into files; may empty the table. */
  files(workload: Workload, rows: number, parts: number): Promise<readonly string[]> {
    return this.#filesOnce(
      `${workload.name} ${rows} ${parts}`,
      divide(rows, parts),
      (share, file) => this.#makeFile(workload, share, file),
    );
  }

  /** The same in its text format, which the server has no part in. */
  textFiles(workload: Workload, rows: number, parts: number): Promise<readonly string[]> {
    return this.#filesOnce(
      `${workload.name} ${rows} ${parts} text`,
      divide(rows, parts),
      (share, file) => pipeline(textOf(workload, share), createWriteStream(file)),
    );
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

  async #filesOnce(
    key: string,
    shares: readonly Part[],
    make: (share: Part, file: string) => Promise<void>,
  ): Promise<readonly string[]> {
    const found = this.#files.get(key);
    if (found !== undefined) return found;
    const files: string[] = [];
    for (const [part, share] of shares.entries()) {
      const file = join(this.#folder, `${key.replaceAll(/[ :]/g, "-")}.${part}`);
      await make(share, file);
      files.push(file);
    }
    this.#files.set(key, files);
    return files;
  }

  async #makeFile(workload: Workload, share: Part, file: string): Promise<void> {
    await this.#database.empty([workload]);
    await this.#load(workload, share);
    const copy = copyTo(`COPY ${qualifiedName(workload)} TO STDOUT (FORMAT binary)`);
    await pipeline(this.#database.client.query(copy), createWriteStream(file));
  }

  async #load(workload: Workload, share: Part): Promise<void> {
    const copy = copyFrom(`COPY ${qualifiedName(workload)} FROM STDIN`);
    await pipeline(textOf(workload, share), this.#database.client.query(copy));
  }
}

function textOf(workload: Workload, share: Part): Readable {
  return Readable.from(textChunks(workload, share, escapeText));
}
