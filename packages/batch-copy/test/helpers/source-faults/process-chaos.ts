import { setTimeout as sleep } from "node:timers/promises";

import { SeededRandom } from "../fault/seeded-random.js";
import type { ReaderProcess } from "./reader-process.js";
import { ReadersLog } from "./readers-log.js";
import { SourceBooks } from "./source-books.js";
import { foundIn, type Ask } from "./source-run.js";
import type { SourceTableKind } from "./source-tables.js";
import type { WriterOptions } from "./writer.js";

/** What processes read and where they write it. */
export interface ProcessChaosOptions {
  readonly kind: SourceTableKind;
  readonly source: string;
  readonly writing: WriterOptions;
  readonly mayRewind?: boolean;
  readonly seed: number;
}

/** How long a process may work before something befalls it, in milliseconds. */
const WORK_MS = 200;

/** One process after the other that reads a source. */
export class ProcessChaos implements AsyncDisposable {
  readonly random: SeededRandom;
  readonly #options: ProcessChaosOptions;
  readonly #log: ReadersLog;
  readonly #alive = new Set<ReaderProcess>();
  #end = 0;

  static async create(options: ProcessChaosOptions): Promise<ProcessChaos> {
    return new ProcessChaos(options, await ReadersLog.create());
  }

  private constructor(options: ProcessChaosOptions, log: ReadersLog) {
    this.#options = options;
    this.#log = log;
    this.random = new SeededRandom(options.seed);
  }

  start(): ReaderProcess {
    const { writing, source } = this.#options;
    const process = this.#log.start({ ...writing, source, seed: this.random.below(2 ** 31) });
    this.#alive.add(process);
    return process;
  }

  /** Lets a process work for a while, from its start or from when it has opened the source. */
  async work(process: ReaderProcess): Promise<void> {
    if (this.random.percent(80)) {
      await process.until("opened");
    }
    await sleep(this.random.below(WORK_MS));
  }

  async kill(process: ReaderProcess): Promise<void> {
    await process.kill();
    this.#alive.delete(process);
  }

  /** Lets processes take the source from each other, and returns the last one. */
  async takeTurns(turns: number): Promise<ReaderProcess> {
    let current = this.start();
    for (let turn = 0; turn < turns; turn++) {
      await current.until("opened");
      await sleep(this.random.below(WORK_MS));
      current = await this.#takeOver(current);
    }
    return current;
  }

  /** Another process claims the source; some of those that held it are stopped meanwhile. */
  async #takeOver(former: ReaderProcess): Promise<ReaderProcess> {
    if (this.random.percent(50)) {
      former.signal("SIGSTOP");
    }
    const next = this.start();
    await next.until("opened");
    await sleep(this.random.below(WORK_MS / 2));
    former.signal("SIGCONT");
    await former.exited();
    this.#alive.delete(former);
    return next;
  }

  /** Lets the last process commit what it has read. */
  async finish(process: ReaderProcess): Promise<void> {
    await process.until("opened");
    this.#end = await process.finish();
    this.#alive.delete(process);
  }

  /** Compares with the table and the ledger. */
  async judge(ask: Ask): Promise<{ problems: string[]; books: SourceBooks; runs: number }> {
    const { kind, source, mayRewind = false, writing } = this.#options;
    const { tables, schema, letters, ledger } = writing;
    const hasLetters = letters !== undefined;
    const books = new SourceBooks({ refuses: kind.refuses, hasLetters, mayRewind });
    for (const { entry } of this.#log.entries) {
      if (entry.what !== "started" && entry.what !== "ended") {
        books.enter(entry);
      }
    }
    const rows = await foundIn(
      tables.map((name) => `${schema}.${name}`),
      ask,
    );
    const found = hasLetters
      ? await ask<{ id: number }>(`SELECT ("row"->>'id')::float8 AS id FROM ${letters}`)
      : [];
    const problems = books.problems({ end: this.#end, rows, letters: found.map(({ id }) => id) });
    const [entry] = await ask<{ position: string }>(
      `SELECT position FROM ${ledger} WHERE source = '${source}'`,
    );
    if (entry?.position !== `${this.#end}`) {
      problems.push(`the ledger is at ${entry?.position}, not at ${this.#end}`);
    }
    return { problems, books, runs: this.#log.runs };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#alive].map((process) => process.kill()));
    await this.#log[Symbol.asyncDispose]();
  }
}
