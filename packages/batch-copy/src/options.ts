import { resolveConflict } from "./conflict-options.js";
import type { CopierOptions, RetryOptions } from "./copier-options.js";
import type { PgClientConfig } from "./copy/client-config.js";
import type { PgPool } from "./copy/driver.js";
import { checkIsRecord, invalid, shown } from "./invalid-option.js";
import { resolveLedger } from "./ledger-option.js";
import type { LedgerSettings } from "./ledger/ledger-table.js";
import { MAX_TIMER_MS } from "./max-timer-ms.js";
import { didYouMean } from "./option-names.js";
import { urlOfEnvironment, whyNoServer } from "./server-options.js";
import { resolveSpool, type SpoolSettings } from "./spool-option.js";
import type { ConflictAction } from "./table/conflict-rule.js";
import type { ColumnNames } from "./table/naming.js";

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
  readonly deadLetters: string | undefined;
  readonly ledger: LedgerSettings | undefined;
  readonly spool: SpoolSettings | undefined;
  readonly columns: readonly string[] | undefined;
  readonly names: ColumnNames | undefined;
  readonly onConflict: ConflictAction | undefined;
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
  "deadLetters",
  "ledger",
  "spool",
  "columns",
  "names",
  "onConflict",
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
  const spool = resolveSpool(options.spool);
  const ledger = resolveLedger(options.ledger === undefined ? spool !== undefined : options.ledger);
  if (spool !== undefined) {
    checkSpooled(options, ledger);
  }
  if (ledger !== undefined && options.onInDoubt !== undefined) {
    const beside = spool === undefined ? "ledger" : "spool";
    throw invalid(
      `onInDoubt has no effect beside ${beside}, with which it is known whether a transaction was committed: leave it out`,
    );
  }
  const { retry, onInDoubt = "retry", onReject, deadLetters, columns, names } = options;
  return {
    ...numbers,
    databaseUrl: databaseUrl ?? urlOfEnvironment(),
    connection,
    pool,
    retry: resolveRetry(retry),
    onInDoubt,
    onReject,
    deadLetters,
    ledger,
    spool,
    columns,
    names,
    onConflict: resolveConflict(options.onConflict),
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

function checkHandlers({ onInDoubt, onReject, deadLetters }: CopierOptions<never>): void {
  if (onInDoubt !== undefined && onInDoubt !== "retry" && onInDoubt !== "reject") {
    throw invalid(`onInDoubt must be "retry" or "reject", got ${shown(onInDoubt)}`);
  }
  if (onReject !== undefined && typeof onReject !== "function") {
    throw invalid(`onReject must be a function, got ${shown(onReject)}`);
  }
  if (deadLetters !== undefined && (typeof deadLetters !== "string" || deadLetters === "")) {
    throw invalid(`deadLetters must be the name of a table, got ${shown(deadLetters)}`);
  }
}

function checkSpooled(
  { deadLetters, onReject }: CopierOptions<never>,
  ledger: LedgerSettings | undefined,
): void {
  if (ledger === undefined) {
    throw invalid("spool needs a ledger: leave out ledger: false");
  }
  if (deadLetters === undefined && onReject === undefined) {
    throw invalid(
      "spool needs deadLetters or onReject: after a restart, the sender of a rejected row is gone",
    );
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
