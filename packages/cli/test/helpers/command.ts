import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The command as it is installed. */
export const BIN: string = fileURLToPath(new URL("../../bin/batch-copy.js", import.meta.url));

/** How a command is run. */
export interface RunOptions {
  /** What it reads from stdin; nothing by default. */
  readonly stdin?: string | Uint8Array;
  /** Keep stdin open after that, as a program does that has more to write. */
  readonly keepsStdinOpen?: boolean;
  /** Beside the environment of the test, which has DATABASE_URL. `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Milliseconds after which it is killed. Then `code` is null. */
  readonly timeoutMs?: number;
  /** Closes the pipe of stdout after so many chunks, as `head` does. */
  readonly closeStdoutAfter?: number;
  /** Called when it runs, for what is done to it meanwhile. */
  readonly onSpawn?: (child: ChildProcessWithoutNullStreams) => void;
}

/** How a command ended. */
export interface RunResult {
  /** Null if a signal has killed it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Long enough for a busy machine, and shorter than the timeout of a test. */
const TIMEOUT_MS = 60_000;

/** Runs `batch-copy` in a process of its own, with pipes for stdin, stdout and stderr. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { stdin = "", env, cwd, timeoutMs = TIMEOUT_MS, closeStdoutAfter = Infinity } = options;
  const child = spawn(process.execPath, [BIN, ...args], {
    cwd,
    env: { ...process.env, ...env },
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  // A command that fails at once does not read what it is sent.
  child.stdin.on("error", () => {});
  child.stdin.write(stdin);
  if (options.keepsStdinOpen !== true) {
    child.stdin.end();
  }
  options.onSpawn?.(child);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close") as Promise<[number | null]>,
    firstChunks(child.stdout, closeStdoutAfter),
    text(child.stderr),
  ]);
  return { code, stdout, stderr };
}

/** What a stream has until it is closed after so many chunks. */
async function firstChunks(stream: Readable, count: number): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    if (chunks.length === count) {
      break;
    }
  }
  return Buffer.concat(chunks).toString();
}
