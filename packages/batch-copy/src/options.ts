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
}

const DEFAULTS: Numbers = Object.freeze({
  connections: 2,
  maxBatchRows: 100_000,
  maxBatchBytes: 4 * 1024 * 1024,
  flushIntervalMs: 100,
  maxBufferedBytes: 64 * 1024 * 1024,
  connectTimeoutMs: 2000,
  connectionLifetimeMs: 1_200_000,
});

/** Options with every default filled in. */
export interface ResolvedOptions<Row> extends Numbers {
  readonly databaseUrl: string | undefined;
  readonly pool: PgPool | undefined;
  readonly onReject: CopierOptions<Row>["onReject"];
  readonly columns: readonly string[] | undefined;
}

/** The longest delay of Node's timers: longer ones fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
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
};

const OTHER_KEYS: ReadonlySet<string> = new Set(["databaseUrl", "pool", "onReject", "columns"]);

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
  const { databaseUrl, pool, onReject, columns } = options;
  checkOthers(options);
  return {
    ...numbers,
    databaseUrl: databaseUrl ?? (process.env["DATABASE_URL"] || undefined),
    pool,
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

function checkOthers({ databaseUrl, pool, onReject, columns }: CopierOptions<never>): void {
  if (databaseUrl !== undefined && (typeof databaseUrl !== "string" || databaseUrl === "")) {
    throw invalid("databaseUrl must be a connection string");
  }
  if (pool !== undefined && typeof pool?.connect !== "function") {
    throw invalid("pool must be a pg.Pool");
  }
  if (pool !== undefined && databaseUrl !== undefined) {
    throw invalid("databaseUrl and pool exclude each other");
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
