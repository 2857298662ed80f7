import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";

import { qualifiedName } from "../workloads/workload.js";
import type { Open } from "./job.js";

/** bash's `time` reports the program's CPU time, including start and login (some 10 ms). */
const SCRIPT = 'TIMEFORMAT="cpu %U %S"; time psql --no-psqlrc --quiet -v ON_ERROR_STOP=1';

/** A psql that waits for commands. */
class Psql {
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

/** `\copy` of ready binary files, one psql for each connection. */
export const open: Open = async ({ workload, files }) => {
  const clients = files.map(() => new Psql());
  await Promise.all(clients.map((client) => client.run("")));
  const copy = (file: string): string =>
    String.raw`\copy ${qualifiedName(workload)} from '${file}' with (format binary)`;
  return {
    async write() {
      await Promise.all(clients.map((client, index) => client.run(copy(files[index]!))));
    },
    async close() {
      const micros = await Promise.all(clients.map((client) => client.end()));
      return { cpuMicros: micros.reduce((sum, each) => sum + each, 0), peakRss: undefined };
    },
  };
};

/** In the environment, because everyone can read a command line, and this holds the password. */
function libpqVariables(databaseUrl: string): NodeJS.ProcessEnv {
  const { hostname, port, username, password, pathname, searchParams } = new URL(databaseUrl);
  const variables = {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGPASSWORD: password,
    PGDATABASE: pathname.slice(1),
    PGSSLMODE: searchParams.get("sslmode") ?? "",
  };
  const given = Object.entries(variables).filter(([, value]) => value !== "");
  return Object.fromEntries(given.map(([name, value]) => [name, decodeURIComponent(value)]));
}
