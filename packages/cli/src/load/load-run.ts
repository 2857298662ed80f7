import { forgetSource } from "batch-copy";
import type { Pool } from "pg";

import type { LoadOptions } from "../options/load-options.js";
import type { FileLoad } from "./file-load.js";
import { loadFile, type FileResult, type FileStart } from "./load-file.js";
import type { LoadOutput } from "./load-output.js";
import type { PreparedFile } from "./prepare-files.js";
import type { RecordFile } from "./record-file.js";
import type { RejectFiles, Rejects } from "./rejects.js";

/** What a run works with. */
export interface LoadRunParts {
  readonly pool: Pool;
  readonly options: LoadOptions;
  readonly output: LoadOutput;
  readonly rejects: Rejects;
  readonly rejectFiles: RejectFiles | undefined;
  readonly timeZone: "UTC" | undefined;
}

/** Rows of all files. */
export interface LoadedRows {
  rows: number;
  updated: number;
  ignored: number;
  records: number;
}

/** Loads files one after the other. */
export class LoadRun {
  readonly loaded: LoadedRows = { rows: 0, updated: 0, ignored: 0, records: 0 };
  readonly #parts: LoadRunParts;
  readonly #files: readonly PreparedFile[];
  #current: FileLoad | undefined;
  #index = 0;
  #stopReason: string | undefined;
  #isResumable = false;

  constructor(files: readonly PreparedFile[], parts: LoadRunParts) {
    this.#files = files;
    this.#parts = parts;
  }

  /** Why it ended before the end of the files. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  /** Whether `--resume` goes on where it ended. */
  get isResumable(): boolean {
    return this.#isResumable;
  }

  get bytesRead(): number {
    return this.#files.reduce((sum, { file }) => sum + file.bytesRead, 0);
  }

  /** Reads nothing more; what was read is still written. */
  stop(reason: string): void {
    this.#stopReason ??= reason;
    this.#current?.stop(reason);
  }

  /** Nothing more can be written, whatever else has stopped it. */
  fail(message: string): void {
    const earlier = this.#stopReason;
    this.#stopReason =
      earlier === undefined || earlier === message ? message : `${earlier}; then ${message}`;
  }

  /** @throws the error with which nothing more can be written */
  async run(): Promise<void> {
    for (const prepared of this.#files) {
      const left = this.#recordsLeft;
      if (this.#stopReason !== undefined || left === 0) {
        return;
      }
      this.#index++;
      await this.#load(prepared, left);
    }
  }

  get #recordsLeft(): number {
    return (this.#parts.options.limit ?? Infinity) - this.loaded.records;
  }

  async #load(prepared: PreparedFile, limit: number): Promise<void> {
    const { options, output, rejects, timeZone } = this.#parts;
    const { file, plan } = prepared;
    const start = await this.#startOf(prepared);
    if (start === undefined) {
      return;
    }
    this.#isResumable = start.source !== undefined && !options.dryRun;
    const before = { ...this.loaded };
    const result = await loadFile(file, plan, start, {
      options,
      output,
      rejects,
      limit,
      timeZone,
      onBegun: (load, from) => {
        this.#goOn(file, from);
        this.#current = load;
        if (this.#stopReason !== undefined) {
          load.stop(this.#stopReason);
        }
      },
      onProgress: (rows) => {
        this.loaded.rows = before.rows + rows;
        this.#report(file.name);
      },
    });
    this.#add(before, result);
  }

  #add(before: LoadedRows, { isResumable, records, stats, stopReason }: FileResult): void {
    this.loaded.rows = before.rows + stats.rowsCommitted;
    this.loaded.updated = before.updated + stats.rowsUpdated;
    this.loaded.ignored = before.ignored + stats.rowsIgnored;
    this.loaded.records = before.records + records;
    this.#stopReason ??= stopReason;
    this.#isResumable = isResumable;
  }

  /**
   * Keeps the rejects of what is loaded. Only now is it known what that is: until the source is claimed,
   * the last transaction of a load that was killed may be committed, and move the position.
   */
  #goOn(file: RecordFile, from: number): void {
    const { options, output, rejectFiles } = this.#parts;
    if (from > 0) {
      output.note(`${file.name}: going on at ${file.unit} ${from}`);
    }
    // Also at the start: a load that was killed before its first commit may have kept rejects.
    if (options.resume) {
      rejectFiles?.cutTo(file.name, from);
    }
  }

  /** Brings the ledger to where a file begins; returns undefined if nothing is left of it. */
  async #startOf({ file, beginning }: PreparedFile): Promise<FileStart | undefined> {
    const { options, output, pool } = this.#parts;
    switch (beginning.kind) {
      case "done":
        output.note(`${file.name} is loaded already`);
        return undefined;
      case "again":
        if (!options.dryRun) {
          await forgetSource(pool, beginning.source, { table: options.ledger });
        }
        return { source: beginning.source, position: 0 };
      case "resume":
        return { source: beginning.source, position: beginning.position };
      case "new":
        return { source: beginning.source, position: 0 };
    }
  }

  #report(file: string): void {
    const totals = this.#files.map((one) => one.file.bytesTotal);
    this.#parts.output.progress({
      file,
      fileNumber: this.#index,
      files: this.#files.length,
      bytesRead: this.bytesRead,
      bytesTotal: totalOf(totals),
      rows: this.loaded.rows,
      rejects: this.#parts.rejects.count,
    });
  }
}

/** The sum, if all are known. */
function totalOf(sizes: readonly (number | undefined)[]): number | undefined {
  return sizes.reduce<number | undefined>(
    (sum, size) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
}
