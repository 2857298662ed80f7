import { writeSync } from "node:fs";
import { Writable } from "node:stream";

import { Copier, UndeliveredError, type RowOf } from "batch-copy";

import { logLines } from "./log-table.js";

type LogLine = RowOf<typeof logLines>;

/** At exit, pino waits 10 seconds for the transport. */
const CLOSE_TIMEOUT_MS = 8000;

/** The options of the transport. */
export interface LogTransportOptions {
  readonly databaseUrl?: string;
}

/** What pino calls in the worker thread. */
export default async function logTransport({
  databaseUrl,
}: LogTransportOptions): Promise<Writable> {
  const copier = await Copier.connect(logLines, {
    databaseUrl,
    onReject: ({ row, error }) => printLost(row, error),
  });
  return new LogWriter(copier);
}

/** Takes pino's lines, and writes them as rows. */
class LogWriter extends Writable {
  readonly #copier: Copier<LogLine>;
  #rest = "";

  constructor(copier: Copier<LogLine>) {
    // With a mark of 1, pino hands over lines only when those before are accepted.
    super({ decodeStrings: false, highWaterMark: 1 });
    this.#copier = copier;
  }

  /** pino calls it for `logger.flush(callback)`. */
  flush(): Promise<void> {
    return this.#copier.flush();
  }

  override _write(chunk: string, _encoding: string, callback: (error?: Error) => void): void {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop()!;
    settle(this.#send(lines), callback);
  }

  override _final(callback: (error?: Error) => void): void {
    settle(this.#close(), callback);
  }

  async #close(): Promise<void> {
    try {
      await this.#copier.close({ timeoutMs: CLOSE_TIMEOUT_MS });
    } catch (error) {
      if (!(error instanceof UndeliveredError)) throw error;
      const inDoubt = error.inDoubt.flatMap(({ rows }) => rows);
      for (const row of [...error.rows, ...inDoubt]) printLost(row, error);
    }
  }

  async #send(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      try {
        await this.#copier.send(rowOf(line));
      } catch (error) {
        printLost(line, error);
      }
    }
  }
}

/** Node's way to end a step of a stream. */
function settle(step: Promise<void>, callback: (error?: Error) => void): void {
  step.then(
    () => process.nextTick(callback),
    (error: Error) => process.nextTick(callback, error),
  );
}

function rowOf(line: string): LogLine {
  const { time, level, msg, ...fields } = JSON.parse(line);
  return { time: new Date(time), level, msg, fields };
}

/** A line that is not in the table. Not by console.error: what a worker prints there goes by the main thread. */
function printLost(line: unknown, error: unknown): void {
  const text = typeof line === "string" ? line : JSON.stringify(line, bigintAsText);
  writeSync(2, `not written: ${text} (${String(error)})\n`);
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
