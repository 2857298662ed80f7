import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { isPython } from "../contenders/implementations.js";
import type { Sample } from "./sample.js";

const run = promisify(execFile);

const WORKER = join(import.meta.dirname, "..", "worker.js");
const PYTHON_WORKER = join(import.meta.dirname, "..", "..", "python", "worker.py");
const TIMEOUT_MS = 15 * 60_000;
const MAX_OUTPUT_BYTES = 2 ** 26;

/** What to run in a process of its own. */
export interface Assignment {
  readonly implementation: string;
  readonly workload: string;
  readonly rows: number;
  readonly options: Readonly<Record<string, number>>;
  readonly files: readonly string[];
}

/** How workers are run. */
export interface WorkerSettings {
  /** For Node itself, as `--cpu-prof`. */
  readonly nodeFlags: readonly string[];
  /** A Python that has asyncpg and psycopg; undefined where there is none. */
  readonly python: string | undefined;
}

/** Runs a worker to its end and returns what it measured; rejects with what it said on stderr. */
export async function runWorker<T extends object = Sample>(
  assignment: Assignment,
  { nodeFlags, python }: WorkerSettings,
  environment: NodeJS.ProcessEnv = {},
): Promise<T> {
  const { implementation, workload, rows, options, files } = assignment;
  const pairs = Object.entries(options).map(([name, value]) => `${name}=${value}`);
  const args = [implementation, workload, String(rows), ...pairs, ...files];
  const [command, ...first] = isPython(implementation)
    ? [python ?? "python3", PYTHON_WORKER]
    : [process.execPath, ...nodeFlags, WORKER];
  try {
    const { stdout } = await run(command, [...first, ...args], {
      env: { ...process.env, ...environment },
      timeout: TIMEOUT_MS,
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    return JSON.parse(stdout) as T;
  } catch (error) {
    throw new Error(reasonOf(error), { cause: error });
  }
}

/** The last line of a traceback, or the one of a stack trace that names the error. */
function reasonOf(error: unknown): string {
  const { stderr = "", killed } = error as { stderr?: string; killed?: boolean };
  if (killed) return `it was stopped after ${TIMEOUT_MS / 60_000} minutes`;
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? String(error);
}
