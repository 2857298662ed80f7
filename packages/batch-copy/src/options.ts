import { inspect } from "node:util";

import type { PgPool } from "./copy/driver.js";
import { BatchCopyError, type Rejection } from "./errors.js";

/** How a copier works. All of it is optional. */
export interface CopierOptions<Row = object> {
  /**
   * With a table's name instead of a definition: the columns to fill. The others get their defaults.
   * @default all that can be written
   */
  columns?: readonly string[] | undefined;
  /**
   * The server, as a connection string; `sslmode` in it decides on TLS.
   * @default the environment variable DATABASE_URL, then the PG* variables
   */
  databaseUrl?: string | undefined;
  /**
   * An existing `pg.Pool` to take connections from. The copier never closes it. Its `max` should be
   * `connections` or more.
   * @default none: the copier opens a pool of its own
   */
  pool?: PgPool | undefined;
  /**
   * How many COPYs run at once. With 1, rows are written in the order in which they were accepted.
   * @default 2
   */
  connections?: number | undefined;
  /**
   * A batch is closed when it has so many rows.
   * @default 100000
   */
  maxBatchRows?: number | undefined;
  /**
   * Or when it has so many encoded bytes.
   * @default 4194304 (4 MiB)
   */
  maxBatchBytes?: number | undefined;
  /**
   * Or when its first row is so many milliseconds old and a connection is free.
   * @default 100
   */
  flushIntervalMs?: number | undefined;
  /**
   * Encoded bytes that may wait or be in flight. Beyond it senders wait.
   * @default 67108864 (64 MiB)
   */
  maxBufferedBytes?: number | undefined;
  /**
   * Milliseconds until an attempt to get a connection is given up.
   * @default 2000
   */
  connectTimeoutMs?: number | undefined;
  /**
   * Milliseconds after which a connection of the copier's own pool is replaced.
   * @default 1200000 (20 minutes)
   */
  connectionLifetimeMs?: number | undefined;
  /**
   * Milliseconds without progress after which a COPY or its commit is cut, if the server is not at
   * work for it: a wait for a lock, for the disk or for a synchronous standby counts as work. What is
   * cut is tried again, with twice the time.
   * @default 60000
   */
  copyTimeoutMs?: number | undefined;
  /**
   * How a batch is tried again that did not reach the table for a reason that passes: a lost
   * connection, a restart, a deadlock, a privilege that is missing.
   * @default { minDelayMs: 50, maxDelayMs: 5000, timeoutMs: Infinity }
   */
  retry?: RetryOptions | undefined;
  /**
   * What to do with a batch whose connection was lost during the commit, if the server cannot tell
   * whether it took effect: after a failover, or a crash that lies too far back. `"retry"` writes it
   * again, which may double its rows, and marks refusals that follow as `afterUnknown`. `"reject"` hands
   * the rows back with an OutcomeUnknownError.
   * @default "retry"
   */
  onInDoubt?: "retry" | "reject" | undefined;
  /**
   * Called for each row that `send` or `sendMany` accepted and that did not reach the table, as far as
   * is known (its `error` tells refused, undelivered and in doubt apart), one at a time;
   * `flush()` waits for the promise that it may return, so it must not wait for `flush()` or
   * `close()` itself; it may send, and what it sends does not wait for room. A row that it throws for
   * is reported by `flush()`, as if there were no `onReject`.
   * @default none: `flush()` and `close()` reject with a RowsRejectedError
   */
  onReject?: ((rejection: Rejection<Row>) => void | Promise<void>) | undefined;
}

/** The options that are numbers. */
interface Numbers {
  readonly connections: number;
  readonly maxBatchRows: number;
  readonly maxBatchBytes: number;
  readonly flushIntervalMs: number;
  readonly maxBufferedBytes: number;
  readonly connectTimeoutMs: number;
  readonly connectionLifetimeMs: number;
  readonly copyTimeoutMs: number;
}

/** How a batch is tried again. */
export interface RetryOptions {
  /**
   * Milliseconds before the second attempt. Each further delay is twice the last, less up to a half at
   * random.
   * @default 50
   */
  minDelayMs?: number | undefined;
  /**
   * The longest delay, in milliseconds; also the delay where an operator has to mend something first.
   * @default 5000
   */
  maxDelayMs?: number | undefined;
  /**
   * Milliseconds of failed attempts after which the rows are handed back, with an UndeliveredError; 0
   * for a single attempt.
   * @default Infinity
   */
  timeoutMs?: number | undefined;
}

const DEFAULTS: Numbers = Object.freeze({
  connections: 2,
  maxBatchRows: 100_000,
  maxBatchBytes: 4 * 1024 * 1024,
  flushIntervalMs: 100,
  maxBufferedBytes: 64 * 1024 * 1024,
  connectTimeoutMs: 2000,
  connectionLifetimeMs: 1_200_000,
  copyTimeoutMs: 60_000,
});

type ResolvedRetry = { readonly [Key in keyof RetryOptions]-?: number };

const RETRY_DEFAULTS: ResolvedRetry = Object.freeze({
  minDelayMs: 50,
  maxDelayMs: 5000,
  timeoutMs: Infinity,
});

/** Options with every default filled in. */
export interface ResolvedOptions<Row> extends Numbers {
  readonly databaseUrl: string | undefined;
  readonly pool: PgPool | undefined;
  readonly retry: ResolvedRetry;
  readonly onInDoubt: "retry" | "reject";
  readonly onReject: CopierOptions<Row>["onReject"];
  readonly columns: readonly string[] | undefined;
}

/** The longest delay of Node's timers: longer ones fire at once. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1;
const MAX_CONNECTIONS = 1000;

/** The largest value of each number; the smallest is 1, or 0 for `flushIntervalMs`. */
const LARGEST: Numbers = {
  connections: MAX_CONNECTIONS,
  maxBatchRows: Number.MAX_SAFE_INTEGER,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  flushIntervalMs: MAX_TIMER_MS,
  maxBufferedBytes: Number.MAX_SAFE_INTEGER,
  connectTimeoutMs: MAX_TIMER_MS,
  connectionLifetimeMs: MAX_TIMER_MS,
  copyTimeoutMs: MAX_TIMER_MS,
};

const OTHER_KEYS: ReadonlySet<string> = new Set([
  "databaseUrl",
  "pool",
  "retry",
  "onInDoubt",
  "onReject",
  "columns",
]);

/** Checks the options and fills in the defaults; names the bad one in its error. */
export function resolveOptions<Row>(options: CopierOptions<Row>): ResolvedOptions<Row> {
  if (typeof options !== "object" || options === null) {
    throw invalid(`options must be an object, got ${inspect(options)}`);
  }
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(DEFAULTS, key) && !OTHER_KEYS.has(key)) {
      throw invalid(`there is no option ${JSON.stringify(key)}`);
    }
  }
  const numbers: Record<keyof Numbers, number> = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof Numbers)[]) {
    numbers[key] = resolveNumber(key, options[key]);
  }
  const { databaseUrl, pool, retry, onInDoubt = "retry", onReject, columns } = options;
  checkOthers(options);
  return {
    ...numbers,
    databaseUrl: databaseUrl ?? (process.env["DATABASE_URL"] || undefined),
    pool,
    retry: resolveRetry(retry),
    onInDoubt,
    onReject,
    columns,
  };
}

function resolveNumber(key: keyof Numbers, value: unknown): number {
  if (value === undefined) {
    return DEFAULTS[key];
  }
  const least = key === "flushIntervalMs" ? 0 : 1;
  if (typeof value !== "number" || !Number.isInteger(value)) {
    throw invalid(`${key} must be an integer, got ${inspect(value)}`);
  }
  if (value < least || value > LARGEST[key]) {
    throw invalid(`${key} must be ${least} to ${LARGEST[key]}, got ${value}`);
  }
  return value;
}

function resolveRetry(retry: RetryOptions = {}): ResolvedRetry {
  if (typeof retry !== "object" || retry === null) {
    throw invalid(`retry must be an object, got ${inspect(retry)}`);
  }
  for (const [key, value] of Object.entries(retry)) {
    if (!Object.hasOwn(RETRY_DEFAULTS, key)) {
      throw invalid(`there is no option retry.${key}`);
    }
    resolveTimeout(`retry.${key}`, value as number | undefined);
  }
  const given = Object.entries(retry).filter(([, value]) => value !== undefined);
  const { minDelayMs, maxDelayMs, timeoutMs } = { ...RETRY_DEFAULTS, ...Object.fromEntries(given) };
  for (const [key, value] of Object.entries({ minDelayMs, maxDelayMs })) {
    // Less would be a loop that leaves neither us nor the server any rest.
    if (value < 1) {
      throw invalid(`retry.${key} must be at least 1, got ${value}`);
    }
  }
  if (maxDelayMs === Infinity || minDelayMs > maxDelayMs) {
    throw invalid("retry.minDelayMs must not be more than retry.maxDelayMs, and both finite");
  }
  return { minDelayMs, maxDelayMs, timeoutMs };
}

function checkOthers(options: CopierOptions<never>): void {
  const { databaseUrl, pool, onInDoubt, onReject, columns } = options;
  if (databaseUrl !== undefined && (typeof databaseUrl !== "string" || databaseUrl === "")) {
    throw invalid("databaseUrl must be a connection string");
  }
  if (pool !== undefined && typeof pool?.connect !== "function") {
    throw invalid("pool must be a pg.Pool");
  }
  if (pool !== undefined && databaseUrl !== undefined) {
    throw invalid("databaseUrl and pool exclude each other");
  }
  if (onInDoubt !== undefined && onInDoubt !== "retry" && onInDoubt !== "reject") {
    throw invalid(`onInDoubt must be "retry" or "reject", got ${inspect(onInDoubt)}`);
  }
  if (onReject !== undefined && typeof onReject !== "function") {
    throw invalid("onReject must be a function");
  }
  if (columns !== undefined && !(Array.isArray(columns) && columns.length > 0)) {
    throw invalid("columns must be an array of column names");
  }
}

/** Milliseconds for a timer, or undefined for no limit. */
export function resolveTimeout(name: string, value: number | undefined): number | undefined {
  if (value === undefined || value === Infinity) {
    return undefined;
  }
  if (typeof value !== "number" || !(value >= 0 && value <= MAX_TIMER_MS)) {
    throw invalid(`${name} must be 0 to ${MAX_TIMER_MS} or Infinity, got ${inspect(value)}`);
  }
  return value;
}

function invalid(message: string): BatchCopyError {
  return new BatchCopyError("INVALID_OPTION", message);
}
