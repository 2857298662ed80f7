import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { divide } from "../contenders/job.js";
import type { FileLoad } from "./file-load.js";
import { writeParquet } from "./parquet.js";

const CHUNK_LENGTH = 256 * 1024;

/** A temporary folder with the files of one load, because those of all would fill the disk. */
export class FileFolder {
  readonly path: string;
  readonly #load: FileLoad;
  readonly #python: string | undefined;
  readonly #made = new Map<string, Promise<void>>();

  private constructor(path: string, load: FileLoad, python: string | undefined) {
    this.path = path;
    this.#load = load;
    this.#python = python;
  }

  /** @param python one that has the module duckdb, for Parquet */
  static async create(load: FileLoad, python: string | undefined): Promise<FileFolder> {
    return new FileFolder(await mkdtemp(join(tmpdir(), "batch-copy-load-")), load, python);
  }

  /** The first records, divided in their order into so many files, which are made once. */
  async files(records: number, parts: number): Promise<readonly string[]> {
    const files: string[] = [];
    for (const [part, range] of divide(records, parts).entries()) {
      const name = `${records}-${part + 1}-of-${parts}.${this.#load.format}`;
      const file = join(this.path, name);
      const making = this.#made.get(file) ?? this.#write(range, file);
      this.#made.set(file, making);
      await making;
      files.push(file);
    }
    return files;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }

  async #write(range: readonly [number, number], file: string): Promise<void> {
    const load = this.#load;
    const isParquet = load.format === "parquet";
    const lines = isParquet ? `${file}.csv` : file;
    await pipeline(Readable.from(chunksOf(load, range)), createWriteStream(lines));
    if (!isParquet) return;
    await writeParquet(this.#python, load.workload.table, { from: lines, to: file });
    await rm(lines);
  }
}

function* chunksOf(load: FileLoad, [from, to]: readonly [number, number]): Generator<string> {
  let chunk = "";
  for (let n = from; n < to; n++) {
    chunk += load.line(n);
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk;
      chunk = "";
    }
  }
  yield chunk;
}
