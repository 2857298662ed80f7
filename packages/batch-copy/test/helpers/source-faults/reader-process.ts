import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { patiently } from "../server-faults/patiently.js";
import type { ProgramConfig, ProgramEntry } from "./program-entry.js";

const PROGRAM = fileURLToPath(new URL("reader-program.js", import.meta.url));

/** Where the entries of processes arrive. */
interface EntryLog {
  /** Whether the process has entered this. */
  has(run: number, what: ProgramEntry["entry"]["what"]): boolean;
  /** The position that the process has ended at. */
  endOf(run: number): number | undefined;
}

/** A process that reads a source. */
export class ReaderProcess {
  readonly #child: ChildProcess;
  readonly #errors: Promise<string>;
  readonly #exited: Promise<unknown>;
  readonly #entries: EntryLog;
  readonly #run: number;

  constructor(entries: EntryLog, config: ProgramConfig) {
    this.#entries = entries;
    this.#run = config.run;
    this.#child = spawn(process.execPath, [PROGRAM, JSON.stringify(config)], {
      stdio: ["ignore", "inherit", "pipe"],
    });
    this.#errors = text(this.#child.stderr!);
    this.#exited = once(this.#child, "exit");
  }

  /** Resolves when it has entered this. */
  async until(what: ProgramEntry["entry"]["what"]): Promise<void> {
    await patiently(async () => {
      await this.#failIfFailed();
      return this.#entries.has(this.#run, what);
    }, `process ${this.#run} has ${what}`);
  }

  /** Lets it halt, or go on. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    this.#child.kill(signal);
  }

  /** Ends it in the middle of whatever it does. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#exited;
  }

  /** Lets it commit what it has read and end; resolves to the position behind that. */
  async finish(): Promise<number> {
    this.#child.kill("SIGTERM");
    await this.exited();
    const end = this.#entries.endOf(this.#run);
    if (end === undefined) {
      throw new Error(`process ${this.#run} has not ended its source`);
    }
    return end;
  }

  /** Resolves when it has ended by itself. */
  async exited(): Promise<void> {
    await this.#exited;
    await this.#failIfFailed();
  }

  async #failIfFailed(): Promise<void> {
    const { exitCode } = this.#child;
    if (exitCode !== null && exitCode !== 0) {
      throw new Error(`process ${this.#run} has failed: ${await this.#errors}`);
    }
  }
}
