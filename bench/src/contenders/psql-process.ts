import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";

import { libpqVariables } from "./libpq-variables.js";

/** bash's `time` reports the program's CPU time, including start and login (some 10 ms). */
const SCRIPT = 'TIMEFORMAT="cpu %U %S"; time psql --no-psqlrc --quiet -v ON_ERROR_STOP=1';

/** A psql that waits for commands. */
export class Psql {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #errors: Promise<string>;

  constructor() {
    const env = { ...process.env, ...libpqVariables(process.env["DATABASE_URL"] ?? "") };
    this.#process = spawn("bash", ["-c", SCRIPT], { stdio: "pipe", env });
    this.#lines = createInterface(this.#process.stdout)[Symbol.asyncIterator]();
    this.#errors = text(this.#process.stderr);
  }

  /** Runs a command; returns when it is done. */
  async run(command: string): Promise<void> {
    this.#process.stdin.write(`${command}\n${String.raw`\echo done`}\n`);
    const { value, done } = await this.#lines.next();
    if (done || value !== "done") throw new Error(`psql failed: ${await this.#errors}`);
  }

  /** Returns the CPU time of the whole process, in microseconds. */
  async end(): Promise<number> {
    const exit = once(this.#process, "exit");
    this.#process.stdin.end();
    await exit;
    const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(await this.#errors) ?? [];
    return (Number(user) + Number(system)) * 1e6;
  }
}
