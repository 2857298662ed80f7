import { inspect } from "node:util";

import { isKeylessRecord } from "./codecs/record.js";
import type { PgClientConfig } from "./copy/client-config.js";
import type { PgPool } from "./copy/driver.js";
import { BatchCopyError, type Rejection } from "./errors.js";
import { MAX_TIMER_MS } from "./max-timer-ms.js";
import { didYouMean } from "./option-names.js";
import { urlOfEnvironment, whyNoServer } from "./server-options.js";
import type { ColumnNames } from "./table/naming.js";

/** The keys of a row. `Row` is not inferred from `columns`. */
type KeyOf<Row> = keyof NoInfer<Row> & string;

/** Options of a copier. All are optional. */
export interface CopierOptions<Row = object> {
  /**
   * The keys of the columns to fill, with a table's name instead of a definition. The other columns get
   * their defaults.
   * @default every column that this role can write
   */
  columns?: readonly KeyOf<Row>[] | undefined;
  /**
   * The columns' names in SQL, with a table's name instead of a definition, if they are not the keys of
   * the rows: `"snake_case"`, an object of names by key, or, together with `columns`, a function from a
   * key to a name. Without `columns`, the keys are derived from the names; a column that would have no
   * key of its own, such as `address_2` with `"snake_case"`, is an error that says what to do.
   * @default the keys are the names
   */
  names?: ColumnNames<KeyOf<Row>> | undefined;
  /**
   * Connection string of the server. Its `sslmode` configures TLS.
   * @default the environment variable DATABASE_URL, or else the PG* variables
   */
  databaseUrl?: string | undefined;
  /**
   * How to connect, instead of `databaseUrl`: the configuration of a `pg.Client`. Its `password` may be
   * a function, which is called anew for each connection.
   * @default none
   */
  connection?: PgClientConfig | undefined;
  /**
   * An existing `pg.Pool` to take connections from, instead of `databaseUrl` and `connection`. The
   * copier never closes it. If its `max` is smaller than `connections`, fewer COPYs run at once.
   * @default none: the copier opens a pool of its own
   */
  pool?: PgPool | undefined;
  /**
   * Maximum number of COPYs that run at once. With 1, rows are written in the order in which they were
   * accepted.
   * @default 2
   */
  connections?: number | undefined;
  /**
   * Maximum number of rows per batch.
   * @default 100000
   */
  maxBatchRows?: number | undefined;
  /**
   * Maximum size of a batch, in encoded bytes. A single row may be larger.
   * @default 4194304 (4 MiB)
   */
  maxBatchBytes?: number | undefined;
  /**
   * Maximum time in milliseconds that a row waits for its batch to fill up, while a connection is free.
   * @default 100
   */
  flushIntervalMs?: number | undefined;
  /**
   * Size of the buffer, in encoded bytes that are not committed yet. When it is full, `send` waits.
   * @default 67108864 (64 MiB)
   */
  maxBufferedBytes?: number | undefined;
  /**
   * Milliseconds to wait until a connection is open before the attempt fails, and to wait for each
   * answer to a question about the table or the server. Time in which the event loop is blocked does
   * not count.
   * @default 2000
   */
  connectTimeoutMs?: number | undefined;
  /**
   * Milliseconds to wait for a free client while all clients of the pool are in use, before the attempt
   * fails. It does not count towards `connectTimeoutMs`.
   * @default 30000
   */
  poolTimeoutMs?: number | undefined;
  /**
   * Milliseconds after which the copier's own pool replaces a connection.
   * @default 1200000 (20 minutes)
   */
  connectionLifetimeMs?: number | undefined;
  /**
   * Milliseconds without progress after which the connection of a COPY is closed and the batch is
   * retried, with twice the time. It counts as progress if the server is busy or waits for a lock, the
   * disk or a synchronous standby. Time in which the event loop is blocked does not count.
   * @default 60000
   */
  copyTimeoutMs?: number | undefined;
  /**
   * How a batch is retried after a failure that can pass: a lost connection, a restart, a deadlock, a
   * missing privilege.
   * @default { minDelayMs: 50, maxDelayMs: 5000, timeoutMs: Infinity }
   */
  retry?: RetryOptions | undefined;
  /**
   * What to do with a batch whose connection was lost during the commit if the server cannot say
   * whether the transaction committed, for example after a failover. `"retry"` writes the batch again:
   * its rows may be duplicated, and rejections that follow have `afterUnknown` set. `"reject"` returns
   * the rows with an OutcomeUnknownError.
   * @default "retry"
   */
  onInDoubt?: "retry" | "reject" | undefined;
  /**
   * Called for each row that `send` or `sendMany` accepted and that is not known to be in the table.
   * The class of `error` says whether the row was rejected, undelivered or in doubt. Calls do not
   * overlap, and `flush()` waits for the promise that the handler returns. The handler may send rows,
   * which do not wait for room in the buffer; it must not wait for `flush()` or `close()`. If it throws,
   * `flush()` reports the row as if there were no handler.
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
  readonly poolTimeoutMs: number;
  readonly connectionLifetimeMs: number;
  readonly copyTimeoutMs: number;
}

/** How a batch is retried. */
export interface RetryOptions {
  /**
   * Milliseconds before the second attempt. The delay doubles with each attempt, and is shortened at
   * random by up to a half.
   * @default 50
   */
  minDelayMs?: number | undefined;
  /**
   * Maximum delay in milliseconds. It is also the delay while an operator has to fix something, such as
   * a missing privilege.
   * @default 5000
   */
  maxDelayMs?: number | undefined;
  /**
   * Milliseconds of failed attempts after which the rows are returned with an UndeliveredError. With 0
   * there is a single attempt.
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
  poolTimeoutMs: 30_000,
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
  readonly connection: PgClientConfig | undefined;
  readonly pool: PgPool | undefined;
  readonly retry: ResolvedRetry;
  readonly onInDoubt: "retry" | "reject";
  readonly onReject: CopierOptions<Row>["onReject"];
  readonly columns: readonly string[] | undefined;
  readonly names: ColumnNames | undefined;
}

const MAX_CONNECTIONS = 1000;

/** The largest value of each number; the smallest is 1, or 0 for `flushIntervalMs`. */
const LARGEST: Numbers = {
  connections: MAX_CONNECTIONS,
  maxBatchRows: Number.MAX_SAFE_INTEGER,
  maxBatchBytes: Number.MAX_SAFE_INTEGER,
  flushIntervalMs: MAX_TIMER_MS,
  maxBufferedBytes: Number.MAX_SAFE_INTEGER,
  connectTimeoutMs: MAX_TIMER_MS,
  poolTimeoutMs: MAX_TIMER_MS,
  connectionLifetimeMs: MAX_TIMER_MS,
  copyTimeoutMs: MAX_TIMER_MS,
};

const NAMES: readonly string[] = [
  ...Object.keys(DEFAULTS),
  "databaseUrl",
  "connection",
  "pool",
  "retry",
  "onInDoubt",
  "onReject",
  "columns",
  "names",
];

const RETRY_NAMES: readonly string[] = Object.keys(RETRY_DEFAULTS).map((name) => `retry.${name}`);

/**
 * Checks the options and fills in the defaults.
 *
 * @throws BatchCopyError with code `INVALID_OPTION`, which names the option.
 */
export function resolveOptions<Row>(options: CopierOptions<Row>): ResolvedOptions<Row> {
  checkIsOptions(options);
  for (const name of Object.keys(options)) {
    checkName(name, NAMES);
  }
  const numbers: Record<keyof Numbers, number> = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof Numbers)[]) {
    numbers[key] = resolveNumber(key, options[key]);
  }
  const { databaseUrl, connection, pool } = options;
  const whyNot = whyNoServer({ databaseUrl, connection, pool });
  if (whyNot !== undefined) {
    throw invalid(whyNot);
  }
  checkHandlers(options);
  checkColumns(options.columns);
  const { retry, onInDoubt = "retry", onReject, columns, names } = options;
  return {
    ...numbers,
    databaseUrl: databaseUrl ?? urlOfEnvironment(),
    connection,
    pool,
    retry: resolveRetry(retry),
    onInDoubt,
    onReject,
    columns,
    names,
  };
}

function checkIsOptions(options: unknown): asserts options is object {
  if (typeof options === "string") {
    throw invalid("options must be an object: pass a connection string as { databaseUrl }");
  }
  checkIsRecord("options", options, NAMES);
  if (typeof (options as { connect?: unknown }).connect === "function") {
    throw invalid("options must be an object: pass a pg.Pool as { pool }");
  }
}

/** A promise or a Map has no keys either, and would stand for the defaults. */
function checkIsRecord(what: string, value: unknown, names: readonly string[]): void {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject || (Object.keys(value).length === 0 && !isKeylessRecord(value, names))) {
    throw invalid(`${what} must be an object, got ${shown(value)}`);
  }
}

function checkName(name: string, names: readonly string[]): void {
  if (!names.includes(name)) {
    throw invalid(
      `Unknown option ${JSON.stringify(name)}.${didYouMean(name, [...NAMES, ...RETRY_NAMES])}`,
    );
  }
}

function resolveNumber(key: keyof Numbers, value: unknown): number {
  if (value === undefined) {
    return DEFAULTS[key];
  }
  const least = key === "flushIntervalMs" ? 0 : 1;
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > LARGEST[key]) {
    throw invalid(
      `${key} must be an integer from ${least} to ${LARGEST[key]}, got ${shown(value)}`,
    );
  }
  return value as number;
}

function resolveRetry(retry: RetryOptions = {}): ResolvedRetry {
  checkIsRecord("retry", retry, Object.keys(RETRY_DEFAULTS));
  for (const key of Object.keys(retry)) {
    checkName(`retry.${key}`, RETRY_NAMES);
  }
  const {
    minDelayMs = RETRY_DEFAULTS.minDelayMs,
    maxDelayMs = RETRY_DEFAULTS.maxDelayMs,
    timeoutMs = RETRY_DEFAULTS.timeoutMs,
  } = retry;
  for (const [key, value] of Object.entries({ minDelayMs, maxDelayMs, timeoutMs })) {
    resolveTimeout(`retry.${key}`, value);
  }
  for (const [key, value] of Object.entries({ minDelayMs, maxDelayMs })) {
    // Without a delay, a failing attempt would be repeated in a tight loop.
    if (value < 1 || value === Infinity) {
      throw invalid(`retry.${key} must be from 1 to ${MAX_TIMER_MS}, got ${value}`);
    }
  }
  if (minDelayMs > maxDelayMs) {
    throw invalid(
      `retry.minDelayMs (${minDelayMs}) must not be greater than retry.maxDelayMs (${maxDelayMs})`,
    );
  }
  return { minDelayMs, maxDelayMs, timeoutMs };
}

function checkHandlers({ onInDoubt, onReject }: CopierOptions<never>): void {
  if (onInDoubt !== undefined && onInDoubt !== "retry" && onInDoubt !== "reject") {
    throw invalid(`onInDoubt must be "retry" or "reject", got ${shown(onInDoubt)}`);
  }
  if (onReject !== undefined && typeof onReject !== "function") {
    throw invalid(`onReject must be a function, got ${shown(onReject)}`);
  }
}

function checkColumns(columns: readonly unknown[] | undefined): void {
  const isList = Array.isArray(columns) && columns.length > 0;
  if (columns !== undefined && !(isList && columns.every((name) => typeof name === "string"))) {
    throw invalid(
      `columns must be an array of one or more keys of the rows, got ${shown(columns)}`,
    );
  }
}

/**
 * Checks milliseconds for a timer.
 *
 * @returns undefined for no limit
 */
export function resolveTimeout(name: string, value: number | undefined): number | undefined {
  if (value === undefined || value === Infinity) {
    return undefined;
  }
  if (typeof value !== "number" || !(value >= 0 && value <= MAX_TIMER_MS)) {
    throw invalid(`${name} must be from 0 to ${MAX_TIMER_MS} or Infinity, got ${shown(value)}`);
  }
  return value;
}

const SHOWN_CHARACTERS = 60;

/** A value in a message, cut if it is long. */
function shown(value: unknown): string {
  const text = inspect(value, { depth: 1, breakLength: Infinity });
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

/** The error for a bad option. */
export function invalid(message: string): BatchCopyError {
  return new BatchCopyError("INVALID_OPTION", message);
}
