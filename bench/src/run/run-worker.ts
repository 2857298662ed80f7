import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { isPython } from "../contenders/implementations.js";
import type { Options } from "../contenders/job.js";
import type { Sample } from "./sample.js";

const run = promisify(execFile);

const WORKER = join(import.meta.dirname, "..", "worker.js");
const PYTHON_WORKER = join(import.meta.dirname, "..", "..", "python", "worker.py");
const TIMEOUT_MS = 15 * 60_000;
const MOST_OUTPUT_BYTES = 2 ** 26;

/** What to run in a process of its own. */
export interface Assignment {
  readonly implementation: string;
  readonly workload: string;
  readonly rows: number;
  readonly options: Options;
  readonly files: readonly string[];
  /** An empty folder that it may write to. */
  readonly folder?: string | undefined;
}

/** How to run it. */
export interface WorkerSettings {
  readonly nodeFlags: readonly string[];
  /** A Python that has the modules; undefined where there is none. */
  readonly python: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly signal: AbortSignal;
}

/** Runs a worker and returns what it measured; rejects with the error that it printed on stderr. */
export async function runWorker(
  { implementation, workload, rows, options, files, folder }: Assignment,
  { nodeFlags, python = "python3", databaseUrl, signal }: WorkerSettings,
): Promise<Sample> {
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  if (folder !== undefined) pairs.push(`folder=${folder}`);
  const args = [implementation, workload, String(rows), ...pairs, ...files];
  const [command, first] = isPython(implementation)
    ? [python, [PYTHON_WORKER]]
    : [process.execPath, [...nodeFlags, WORKER]];
  const env = { ...process.env, ...(databaseUrl && { DATABASE_URL: databaseUrl }) };
  try {
    const { stdout } = await run(command, [...first, ...args], {
      env,
      signal,
      timeout: TIMEOUT_MS,
      maxBuffer: MOST_OUTPUT_BYTES,
    });
    return JSON.parse(stdout) as Sample;
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(reasonOf(error), { cause: error });
  }
}

/** The line of a stack trace that names the error, or the last one of a traceback. */
function reasonOf(error: unknown): string {
  const { stderr = "", killed } = error as { stderr?: string; killed?: boolean };
  if (killed) return `it was stopped after ${TIMEOUT_MS / 60_000} minutes`;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /^\w*[Ee]rror\b/.test(line)) ?? lines.at(-1) ?? String(error);
}
