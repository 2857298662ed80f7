import { EQ, NE } from "../catalog-operators.js";
import { textQuery, type TextQueryable } from "../text-query.js";
import { isRefusedQuestion } from "./server-error.js";

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

/**
 * SQL for the fields of an incarnation. `pg_walfile_name` begins with the timeline (`XLogFileName` in
 * src/include/access/xlog_internal.h); `pg_control_checkpoint()` would lag behind a promotion.
 *
 * The checkpoint that ends a recovery has the next transaction id, as long as it is the last one. It is
 * recognized as its own redo point (`CreateCheckPoint` in src/backend/access/transam/xlog.c). With
 * `wal_level = minimal` other checkpoints may be that too, and so may the one of a clean shutdown:
 * after that, the server starts later than the statistics were reset.
 */
export const INCARNATION_FIELDS: string =
  "(SELECT system_identifier FROM pg_catalog.pg_control_system())::pg_catalog.text, " +
  "CASE WHEN pg_catalog.pg_is_in_recovery() THEN '' ELSE pg_catalog.substr(" +
  "pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 1, 8) END, " +
  `coalesce(${microseconds("pg_catalog.pg_stat_get_bgwriter_stat_reset_time()")}, ''), ` +
  "(SELECT checkpoint_lsn FROM pg_catalog.pg_control_checkpoint())::pg_catalog.text, " +
  `(SELECT next_xid FROM pg_catalog.pg_control_checkpoint() WHERE checkpoint_lsn ${EQ} redo_lsn ` +
  "AND pg_catalog.pg_postmaster_start_time() OPERATOR(pg_catalog.<=) " +
  "pg_catalog.pg_stat_get_bgwriter_stat_reset_time() " +
  `AND pg_catalog.current_setting('wal_level') ${NE} 'minimal')`;

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
export async function askIncarnation(client: TextQueryable): Promise<Incarnation | undefined> {
  const { rows } = await client.query(textQuery(`SELECT ${INCARNATION_FIELDS}`));
  return readIncarnation(rows[0]!);
}

/** As {@link askIncarnation}; resolves to undefined also if the server does not answer the question. */
export async function askIncarnationIfAllowed(
  client: TextQueryable,
): Promise<Incarnation | undefined> {
  try {
    return await askIncarnation(client);
  } catch (error) {
    if (isRefusedQuestion(error)) {
      return undefined;
    }
    throw error;
  }
}

export function isSameIncarnation(one: Incarnation, other: Incarnation): boolean {
  return (
    one.system === other.system &&
    one.timeline === other.timeline &&
    one.statsReset === other.statsReset
  );
}
