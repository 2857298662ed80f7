import { textQuery, type TextQueryable } from "../text-query.js";
import type { Answer, LostBackend } from "./guard.js";
import { askIncarnation, isSameIncarnation, type Incarnation } from "./incarnation.js";
import type { Incarnations } from "./incarnations.js";
import { isRunning } from "./running.js";
import { isRefusedQuestion, isServerError } from "./server-error.js";

type Status = "committed" | "aborted" | "in progress" | "in the future" | "forgotten";

/** The SQLSTATE of `pg_xact_status` for an id that is not assigned yet. */
const INVALID_PARAMETER_VALUE = "22023";

/** A transaction whose id is known. */
export interface KnownTransaction extends LostBackend {
  readonly xid: string;
}

/**
 * Asks a server whether a transaction committed. Its id alone is not enough: ids that did not reach the
 * log before a crash are assigned again, and then the answer is about another transaction.
 *
 * @param client a connection that was opened after the commit was interrupted: an older one may lead to
 * a server that has been replaced
 * @param incarnations the incarnations that were seen since then
 */
export async function inquire(
  client: TextQueryable,
  transaction: KnownTransaction,
  incarnations: Incarnations,
): Promise<Answer> {
  // Behind a pooler, only a transaction stays on one backend.
  await client.query("BEGIN");
  try {
    return await ask(client, transaction, incarnations);
  } catch (error) {
    if (isRefusedQuestion(error)) {
      return "unknown";
    }
    throw error;
  } finally {
    await client.query("ROLLBACK");
  }
}

async function ask(
  client: TextQueryable,
  transaction: KnownTransaction,
  incarnations: Incarnations,
): Promise<Answer> {
  const { rows } = await client.query("SELECT WHERE pg_catalog.pg_is_in_recovery()");
  if (rows.length > 0) {
    // A standby does not know what it has not received yet.
    return "pending";
  }
  const before = transaction.origin.incarnation;
  const now = before && (await askIncarnation(client));
  if (before === undefined || now === undefined) {
    return "unknown";
  }
  if (now.system !== before.system) {
    return "elsewhere";
  }
  if (now.timeline < before.timeline) {
    // A former primary that runs again does not have the log of the new one.
    return "unknown";
  }
  const status = await askStatus(client, transaction.xid);
  if (status === "aborted" || status === "in the future") {
    // The id of a commit that has reached the log is never assigned again, even after a crash or a
    // promotion.
    return "aborted";
  }
  if (status === "forgotten") {
    return "unknown";
  }
  if (isSameIncarnation(before, now)) {
    return status === "committed" ? "committed" : "pending";
  }
  incarnations.note(now);
  const next = incarnations.after(before) ?? now;
  return answerOfLaterIncarnation(client, transaction, status, { before, next, now });
}

async function answerOfLaterIncarnation(
  client: TextQueryable,
  transaction: KnownTransaction,
  status: "committed" | "in progress",
  { before, next, now }: Record<"before" | "next" | "now", Incarnation>,
): Promise<Answer> {
  if (status === "in progress") {
    // Another transaction, unless the statistics were reset by hand and the server did not crash.
    return (await isRunning(client, transaction)) ? "pending" : "aborted";
  }
  if (before.timeline !== now.timeline) {
    return "unknown";
  }
  if (before.checkpoint === now.checkpoint) {
    return "committed";
  }
  // If the id was in the log when the server recovered, it was not assigned again.
  const firstXid = next.timeline === before.timeline ? next.firstXid : undefined;
  if (firstXid === undefined) {
    return "unknown";
  }
  return BigInt(transaction.xid) < firstXid ? "committed" : "aborted";
}

async function askStatus(client: TextQueryable, xid: string): Promise<Status> {
  await client.query("SAVEPOINT status");
  try {
    const status = `pg_catalog.pg_xact_status('${xid}'::pg_catalog.xid8)::pg_catalog.text`;
    const { rows } = await client.query(textQuery(`SELECT ${status}`));
    return (rows[0]?.[0] as Status | null | undefined) ?? "forgotten";
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
