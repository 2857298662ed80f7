import type { Gate } from "../transaction/gate.js";
import type { Refusal, TableWrite } from "../transaction/write.js";
import { toError } from "./call-out.js";
import type { Connection } from "./connection.js";
import type { Slice } from "./copy-writer.js";
import type { Outcome } from "./outcome.js";
import {
  checkoutUnlessAborted,
  giveBack,
  outcomeUnderWatch,
  runCopy,
  sessionOf,
  type CopyOrder,
  type CopyRoute,
} from "./run-copy.js";
import { TrialInsert } from "./trial-insert.js";

/** The outcome of a trial, which never leaves anything in the table. */
export type TrialOutcome =
  | { readonly kind: "passed" }
  | (Refusal & { readonly kind: "refused" })
  /** There was no connection, or it was lost. */
  | { readonly kind: "lost"; readonly error: Error };

const OPEN: Gate = { isOpen: true, mayBegin: true, wait: () => noop };

/** It is rolled back. */
const NOTHING: CopyOrder["guarded"] = {
  rows: 0,
  moves: [],
  isOfLane: false,
  chain: undefined,
  onForgotten: noop,
};

const NO_ROWS: Slice = { rows: 0, bytes: 0, messages: [] };

/**
 * Tries whether tables, role and server accept a COPY at all, by COPYs of no rows that are rolled back.
 * Never rejects.
 *
 * @param timeoutMs milliseconds without progress after which the connection is closed
 * @param signal closes it at once
 */
export async function tryEmptyCopy(
  route: CopyRoute,
  writes: readonly TableWrite[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const order: CopyOrder = {
    writes: writes.map(({ trial }) => trial),
    slices: writes.map(() => NO_ROWS),
    end: "ROLLBACK",
    gate: OPEN,
    aside: [],
    guarded: NOTHING,
  };
  return trialOf(await runCopy(route, () => order, timeoutMs, signal));
}

/**
 * Tries to INSERT the slice's only row, with the constraints that are checked at the commit, and rolls
 * back. A distributed server reports the true SQLSTATE and constraint here, unlike in COPY. Never
 * rejects.
 *
 * @param timeoutMs milliseconds without progress after which the connection is closed
 * @param signal closes it at once
 */
export async function tryInsert(
  route: CopyRoute,
  { insertStatement }: TableWrite,
  slice: Slice,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const { connections, guard } = route;
  let connection: Connection;
  try {
    connection = await checkoutUnlessAborted(connections, signal);
  } catch (error) {
    return { kind: "lost", error: toError(error) };
  }
  let insert: TrialInsert;
  try {
    const session = sessionOf(connection, connections, signal);
    const proof = await guard.begin(session, NOTHING);
    insert = new TrialInsert(connection.client, proof, insertStatement, slice);
  } catch (error) {
    connection.release(error);
    return { kind: "lost", error: toError(error) };
  }
  const outcome = await outcomeUnderWatch(insert, route, timeoutMs, signal);
  await giveBack(connection, outcome, route, outcome.kind !== "lost");
  return trialOf(outcome);
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

function noop(): void {}
