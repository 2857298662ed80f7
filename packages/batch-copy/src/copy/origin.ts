import { EQ, NE } from "../catalog-operators.js";
import { ConnectError } from "../errors.js";
import { textQuery, type TextRow } from "../text-query.js";
import { isRefusal, type PgClient } from "./driver.js";

/**
 * A server between two crash recoveries. Transaction ids that had not reached the log at a crash are
 * assigned again, so an id identifies a transaction only within one incarnation.
 */
export interface Incarnation {
  readonly system: string;
  readonly timeline: string;
  /** Changes at each crash recovery, but not at a clean restart. An operator may reset it as well. */
  readonly statsReset: string;
  /** The last checkpoint at the time of the question: without a later one there was no recovery. */
  readonly checkpoint: string;
  /**
   * The first transaction id of this incarnation, if it began with a recovery and its checkpoint is
   * still the last: ids below it were in the log, and are never assigned again.
   */
  readonly firstXid: bigint | undefined;
}

/** The server and the backend that a connection leads to. */
export interface Origin {
  /** Whether there is a pooler between us and the server: each transaction may use another backend. */
  readonly isPooled: boolean;
  /** When the backend started; unknown behind a pooler. */
  readonly backendStart: string | undefined;
  /** Unknown if the server does not answer. Behind a pooler, each batch asks for it. */
  readonly incarnation: Incarnation | undefined;
}

/**
 * SQL for the fields of an incarnation. `pg_walfile_name` begins with the timeline (`XLogFileName` in
 * src/include/access/xlog_internal.h); `pg_control_checkpoint()` would lag behind a promotion.
 *
 * The checkpoint that ends a recovery has the next transaction id, as long as it is the last one. It is
 * recognized as its own redo point (`CreateCheckPoint` in src/backend/access/transam/xlog.c). With
 * `wal_level = minimal` other checkpoints may be that too, and so may the one of a clean shutdown:
 * after that, the server starts later than the statistics were reset.
 */
const INCARNATION_FIELDS =
  "(SELECT system_identifier FROM pg_catalog.pg_control_system())::pg_catalog.text, " +
  "CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE pg_catalog.substr(" +
  "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) END, " +
  `coalesce(${microseconds("pg_catalog.pg_stat_get_bgwriter_stat_reset_time()")}, ''), ` +
  "(SELECT checkpoint_lsn FROM pg_catalog.pg_control_checkpoint())::pg_catalog.text, " +
  `(SELECT next_xid FROM pg_catalog.pg_control_checkpoint() WHERE checkpoint_lsn ${EQ} redo_lsn ` +
  "AND pg_catalog.pg_postmaster_start_time() OPERATOR(pg_catalog.<=) " +
  "pg_catalog.pg_stat_get_bgwriter_stat_reset_time() " +
  `AND pg_catalog.current_setting('wal_level') ${NE} 'minimal')`;

/** Connection exceptions, rollbacks, resources, operator intervention, system errors. */
const TEMPORARY_ERRORS = /^(?:08|40|53|57|58)/;

const NEEDS_XACT_ID =
  "batch-copy needs the function pg_current_xact_id() of PostgreSQL 13 or later";

/** Each batch asks for its transaction's id, and does not begin its COPY without it. */
const MAY_ASK_XACT_ID =
  "pg_catalog.has_function_privilege('pg_catalog.pg_current_xact_id()', 'EXECUTE')::pg_catalog.text";

const BACKEND_START = `(SELECT ${microseconds("backend_start")}
  FROM pg_catalog.pg_stat_activity WHERE pid ${EQ} pg_catalog.pg_backend_pid())`;

/** What each batch asks for before its COPY: the id of its transaction, and its backend. */
const BATCH_QUESTION: string =
  "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text, pg_catalog.pg_backend_pid()::pg_catalog.text";

/**
 * SQL for a time as text that no setting changes: microseconds since 1970. `extract` is a double before
 * PostgreSQL 14, and its text would depend on `extra_float_digits`.
 */
export function microseconds(time: string): string {
  return `(extract(epoch FROM ${time}) OPERATOR(pg_catalog.*) 1000000)::bigint::pg_catalog.text`;
}

/** Reads an incarnation from the columns that {@link INCARNATION_FIELDS} gave. */
export function readIncarnation(
  fields: readonly (string | null | undefined)[],
): Incarnation | undefined {
  const [system, timeline, statsReset, checkpoint, nextXid] = fields;
  // A server in recovery has no timeline of its own yet.
  return system && timeline && typeof statsReset === "string" && checkpoint
    ? { system, timeline, statsReset, checkpoint, firstXid: readXid(nextXid) }
    : undefined;
}

/** `pg_control_checkpoint` writes an id as "epoch:id". */
function readXid(text: string | null | undefined): bigint | undefined {
  const [epoch, id] = text?.split(":") ?? [];
  return epoch && id ? (BigInt(epoch) << 32n) | BigInt(id) : undefined;
}

/** Asks a client for the incarnation of its server. */
export async function askIncarnation(client: PgClient): Promise<Incarnation | undefined> {
  return readIncarnation(await askRow(client, INCARNATION_FIELDS));
}

/** Whether each batch over this connection asks for the incarnation of its server. */
export function asksAlong({ isPooled, incarnation }: Origin): boolean {
  return isPooled && incarnation !== undefined;
}

/**
 * What a batch over this connection asks before its COPY.
 *
 * @param lockTimeoutMs how long the transaction waits for a lock, unless the session's `lock_timeout` is
 * shorter
 */
export function batchQuestion(origin: Origin, lockTimeoutMs: number | undefined): string {
  const question = asksAlong(origin) ? `${BATCH_QUESTION}, ${INCARNATION_FIELDS}` : BATCH_QUESTION;
  return lockTimeoutMs === undefined ? question : `${question} FROM ${limitOfLocks(lockTimeoutMs)}`;
}

/**
 * Sets `lock_timeout` for the transaction. Where that is a function's work, and not a statement's, it
 * takes no round trip and hardly any time. Intervals can read the units that settings are shown with
 * (https://www.postgresql.org/docs/current/config-setting.html, "Numeric with Unit").
 */
function limitOfLocks(timeoutMs: number): string {
  const own = "pg_catalog.current_setting('lock_timeout')";
  const isShorter =
    `${own}::interval OPERATOR(pg_catalog.>) '0'::interval ` +
    `AND ${own}::interval OPERATOR(pg_catalog.<) '${timeoutMs} ms'::interval`;
  const timeout = `CASE WHEN ${isShorter} THEN ${own} ELSE '${timeoutMs}ms' END`;
  return `pg_catalog.set_config('lock_timeout', ${timeout}, true)`;
}

export function isSameIncarnation(one: Incarnation, other: Incarnation): boolean {
  return (
    one.system === other.system &&
    one.timeline === other.timeline &&
    one.statsReset === other.statsReset
  );
}

const origins = new WeakMap<PgClient, Origin>();

/** The origin of the client's connection, if it was asked for. */
export function knownOrigin(client: PgClient): Origin | undefined {
  return origins.get(client);
}

/** Stops asking for the incarnation over this client. */
export function forgetIncarnation(client: PgClient): void {
  const origin = origins.get(client);
  if (origin !== undefined) {
    origins.set(client, { ...origin, incarnation: undefined });
  }
}

/**
 * Asks for the origin of the client's connection.
 *
 * @throws ConnectError if the server has no transaction ids to look up an interrupted commit by
 */
export async function askOrigin(client: PgClient): Promise<Origin> {
  const [pid, started] = await askBackend(client);
  // A pooler sends its clients a key of its own.
  const isPooled = Number(pid) !== client.processID;
  const backendStart = isPooled ? undefined : (started ?? undefined);
  const origin = { isPooled, backendStart, incarnation: await askIncarnationIfAllowed(client) };
  origins.set(client, origin);
  return origin;
}

async function askIncarnationIfAllowed(client: PgClient): Promise<Incarnation | undefined> {
  try {
    return await askIncarnation(client);
  } catch (error) {
    if (isRefusedQuestion(error)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Whether the server does not answer a question of this kind: the role has no privilege, a hosted
 * server does not offer the function, or the server is not PostgreSQL. Temporary errors do not count.
 */
export function isRefusedQuestion(error: unknown): boolean {
  return isRefusal(error) && !TEMPORARY_ERRORS.test(error.code);
}

/** Asks for the backend's pid and start time, and whether batches can ask for their ids. */
async function askBackend(client: PgClient): Promise<TextRow> {
  const fields = `${MAY_ASK_XACT_ID}, pg_catalog.pg_backend_pid()::pg_catalog.text, ${BACKEND_START}`;
  const [isAllowed, ...backend] = await askRow(client, fields).catch((error: Error) => {
    if (isRefusedQuestion(error)) {
      throw new ConnectError(`${NEEDS_XACT_ID}: ${error.message}`, { cause: error });
    }
    throw error;
  });
  if (isAllowed !== "true") {
    throw new ConnectError(`${NEEDS_XACT_ID}: this role may not call it`);
  }
  return backend;
}

async function askRow(client: PgClient, fields: string): Promise<TextRow> {
  const { rows } = await client.query(textQuery(`SELECT ${fields}`));
  return rows[0]!;
}
