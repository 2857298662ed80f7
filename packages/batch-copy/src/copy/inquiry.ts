import { isRunning } from "./backend.js";
import { isServerError, type PgClient } from "./driver.js";
import { askIncarnation, isSameIncarnation, mustNotAsk, type Incarnation } from "./origin.js";
import type { Doubt } from "./outcome.js";

/** What a server says of a transaction: `pending` is to be asked again, `unknown` will never be known. */
export type Answer = "committed" | "aborted" | "pending" | "unknown";

type Status = "committed" | "aborted" | "in progress" | "in the future" | "forgotten";

/** ERROR code of `pg_xact_status` for an id that was not handed out yet. */
const INVALID_PARAMETER_VALUE = "22023";

/**
 * Asks a server whether a transaction was committed. Its id alone is not enough: those that did not
 * reach the log before a crash are handed out again, and then the answer is about somebody else.
 *
 * @param client a connection that was opened after the doubt arose: an older one may lead to a server
 * that has been replaced.
 */
export async function inquire(client: PgClient, doubt: Doubt): Promise<Answer> {
  // Behind a pooler only a transaction holds on to one backend.
  await client.query("BEGIN");
  try {
    return await ask(client, doubt);
  } catch (error) {
    if (mustNotAsk(error)) {
      return "unknown";
    }
    throw error;
  } finally {
    await client.query("ROLLBACK");
  }
}

async function ask(client: PgClient, doubt: Doubt): Promise<Answer> {
  const { rows } = await client.query("SELECT WHERE pg_is_in_recovery()");
  if (rows.length > 0) {
    // A standby does not know what it has not received yet.
    return "pending";
  }
  const before = doubt.origin.incarnation;
  const now = before && (await askIncarnation(client));
  if (before === undefined || now === undefined || !mayHaveHeard(now, before)) {
    return "unknown";
  }
  const status = await askStatus(client, doubt.xid);
  if (status === "aborted" || status === "in the future") {
    // A commit that has reached the log keeps its id for itself, also over crashes and promotions.
    return "aborted";
  }
  if (status === "forgotten") {
    return "unknown";
  }
  if (isSameIncarnation(before, now)) {
    return status === "committed" ? "committed" : "pending";
  }
  return answerOfLaterLife(client, doubt, status, before, now);
}

/** Whether the server can have the log of the other: an old primary that is back cannot. */
function mayHaveHeard(now: Incarnation, before: Incarnation): boolean {
  return now.system === before.system && now.timeline >= before.timeline;
}

async function answerOfLaterLife(
  client: PgClient,
  doubt: Doubt,
  status: "committed" | "in progress",
  before: Incarnation,
  now: Incarnation,
): Promise<Answer> {
  if (status === "in progress") {
    // Somebody else's, unless the statistics were reset by hand and no crash has happened.
    return (await isRunning(client, doubt)) ? "pending" : "aborted";
  }
  if (before.timeline !== now.timeline) {
    return "unknown";
  }
  return before.checkpoint === now.checkpoint ? "committed" : askRecovery(client, doubt.xid);
}

async function askStatus(client: PgClient, xid: string): Promise<Status> {
  await client.query("SAVEPOINT status");
  try {
    const { rows } = await client.query(`SELECT pg_xact_status('${xid}'::xid8) AS status`);
    const [row] = rows as { status: Status | null }[];
    return row?.status ?? "forgotten";
  } catch (error) {
    if (
      isServerError(error as Error) &&
      (error as { code?: string }).code === INVALID_PARAMETER_VALUE
    ) {
      await client.query("ROLLBACK TO status");
      return "in the future";
    }
    throw error;
  }
}

/**
 * After a crash: whether the id was in the log when the recovery ended, and so was not handed out
 * again. The checkpoint that ends a recovery tells, as long as it is the last one: it is its own redo
 * point (`CreateEndOfRecoveryRecord`'s neighbour `CreateCheckPoint` in
 * src/backend/access/transam/xlog.c), which at `wal_level` minimal others may be too, and so may that
 * of a clean shutdown, after which the server starts later than the statistics were reset.
 */
async function askRecovery(client: PgClient, xid: string): Promise<Answer> {
  const { rows } = await client.query(`
    SELECT next_xid FROM pg_control_checkpoint()
    WHERE checkpoint_lsn = redo_lsn
      AND pg_postmaster_start_time() <= pg_stat_get_bgwriter_stat_reset_time()
      AND current_setting('wal_level') <> 'minimal'`);
  const [row] = rows as { next_xid: string }[];
  if (row === undefined) {
    return "unknown";
  }
  return BigInt(xid) < parseNextXid(row.next_xid) ? "committed" : "aborted";
}

/** `pg_control_checkpoint` writes the next id as "epoch:id". */
function parseNextXid(text: string): bigint {
  const [epoch = "", id = ""] = text.split(":");
  return (BigInt(epoch) << 32n) | BigInt(id);
}
