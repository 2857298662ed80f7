import { toError } from "./call-out.js";
import type { Connection } from "./connections.js";
import type { Slice } from "./copy-writer.js";
import { withDeadline } from "./deadline.js";
import { isFatal, isServerError, type PgClient, type PgServerError } from "./driver.js";
import type { Outcome } from "./outcome.js";
import { rowFields } from "./row-fields.js";
import { checkoutUnlessAborted, giveBack, runCopy, type CopyRoute } from "./run-copy.js";

/** The outcome of a trial, which never leaves anything in the table. */
export type TrialOutcome =
  | { readonly kind: "passed" }
  | { readonly kind: "refused"; readonly error: PgServerError }
  /** There was no connection, or it was lost. */
  | { readonly kind: "lost"; readonly error: Error };

const NO_ROWS: Slice = { rows: 0, bytes: 0, messages: [] };

/**
 * Tries whether table, role and server accept a COPY at all, by a COPY of no rows that is rolled back.
 * Never rejects.
 *
 * @param timeoutMs milliseconds without progress after which the connection is closed
 * @param signal closes it at once
 */
export async function tryEmptyCopy(
  route: CopyRoute,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const outcome: Outcome = await runCopy({ ...route, end: "ROLLBACK" }, NO_ROWS, timeoutMs, signal);
  return trialOf(outcome);
}

/**
 * Tries to INSERT the slice's only row, with the constraints that are checked at the commit, and rolls
 * back. A distributed server reports the true SQLSTATE and constraint here, unlike in COPY. Never
 * rejects.
 *
 * @param timeoutMs milliseconds after which the connection is closed
 * @param signal gives up at once
 */
export async function tryInsert(
  route: CopyRoute,
  slice: Slice,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  let connection: Connection;
  try {
    connection = await checkoutUnlessAborted(route.connections, signal);
  } catch (error) {
    return { kind: "lost", error: toError(error) };
  }
  const outcome = await insert(connection.client, route.insertStatement, slice, timeoutMs);
  await giveBack(connection, outcome, route, outcome.kind !== "lost");
  return trialOf(outcome);
}

/** Inserts the row in a transaction that stays open. */
async function insert(
  client: PgClient,
  statement: string,
  slice: Slice,
  timeoutMs: number,
): Promise<Outcome> {
  try {
    const work = async (): Promise<void> => {
      await client.query("BEGIN");
      await client.query(statement, rowFields(slice));
      await client.query("SET CONSTRAINTS ALL IMMEDIATE");
    };
    await withDeadline(timeoutMs, (deadline) => deadline.within(client, work), "copyTimeoutMs");
    return { kind: "committed", rows: 1, isLocalOnly: false };
  } catch (error) {
    return isRefusal(error)
      ? { kind: "refused", error }
      : { kind: "lost", error: toError(error), backend: undefined, isFinal: false };
  }
}

/** Whether it is an ERROR, and not a FATAL, with which the server ends the connection. */
function isRefusal(error: unknown): error is PgServerError {
  return error instanceof Error && isServerError(error) && !isFatal(error);
}

function trialOf(outcome: Outcome): TrialOutcome {
  switch (outcome.kind) {
    case "committed":
      return { kind: "passed" };
    case "refused":
      return outcome;
    default:
      return { kind: "lost", error: outcome.error };
  }
}
