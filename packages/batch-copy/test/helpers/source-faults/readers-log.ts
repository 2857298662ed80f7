import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { ProgramConfig, ProgramEntry } from "./program-entry.js";
import { ReaderProcess } from "./reader-process.js";

/** What the processes of one source have entered, in the order in which they did. */
export class ReadersLog implements AsyncDisposable {
  readonly #folder: string;
  readonly #file: string;
  readonly #descriptor: number;
  readonly #entries: ProgramEntry[] = [];
  /** What each process has entered last of each kind. */
  readonly #last = new Map<string, ProgramEntry["entry"]>();
  #rest = "";
  #runs = 0;

  static async create(): Promise<ReadersLog> {
    return new ReadersLog(await mkdtemp(join(tmpdir(), "batch-copy-readers-")));
  }

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "log");
    writeFileSync(this.#file, "");
    // Each read goes on where the one before has ended.
    this.#descriptor = openSync(this.#file, "r");
  }

  /** How many processes were started. */
  get runs(): number {
    return this.#runs;
  }

  start(config: Omit<ProgramConfig, "log" | "run">): ReaderProcess {
    return new ReaderProcess(this, { ...config, log: this.#file, run: this.#runs++ });
  }

  /** All that was entered so far. */
  get entries(): readonly ProgramEntry[] {
    this.#readOn();
    return this.#entries;
  }

  has(run: number, what: ProgramEntry["entry"]["what"]): boolean {
    this.#readOn();
    return this.#last.has(`${run} ${what}`);
  }

  endOf(run: number): number | undefined {
    this.#readOn();
    const entry = this.#last.get(`${run} ended`);
    return entry?.what === "ended" ? entry.position : undefined;
  }

  #readOn(): void {
    const lines = (this.#rest + readFileSync(this.#descriptor, "utf8")).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const entry = JSON.parse(line) as ProgramEntry;
      this.#entries.push(entry);
      this.#last.set(`${entry.run} ${entry.entry.what}`, entry.entry);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    closeSync(this.#descriptor);
    await rm(this.#folder, { recursive: true });
  }
}
