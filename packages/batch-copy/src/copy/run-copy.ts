import { onAbort } from "../batch/abort-watch.js";
import type { Gate } from "../transaction/gate.js";
import type { Guard, GuardedOrder, Proof } from "../transaction/guard.js";
import type { Session } from "../transaction/session.js";
import type { Statement } from "../transaction/statement.js";
import type { Write } from "../transaction/write.js";
import { toError } from "./call-out.js";
import type { Connection } from "./connection.js";
import type { Connections } from "./connections.js";
import { CopyTransaction } from "./copy-transaction.js";
import type { Slice } from "./copy-writer.js";
import type { PgClient } from "./driver.js";
import type { Outcome } from "./outcome.js";
import { watchProgress, type Watched } from "./progress-watch.js";

/** What the transactions of a table go through. */
export interface CopyRoute {
  readonly connections: Connections;
  readonly guard: Guard;
  /** Called with each connection before it writes, if anything depends on the connection. */
  readonly prepare: ((client: PgClient, signal: AbortSignal) => Promise<void>) | undefined;
}

/** What one transaction says, and how it ends. */
export interface CopyOrder {
  /** How the rows of each table are written. */
  readonly writes: readonly Write[];
  /** The rows of each table. */
  readonly slices: readonly Slice[];
  readonly end: "COMMIT" | "ROLLBACK";
  readonly gate: Gate;
  /** What else is said in the same transaction, before the rows are written. */
  readonly aside: readonly Statement[];
  /** What its guard must know. */
  readonly guarded: GuardedOrder;
}

/**
 * ERRORs that the session may have caused, so that it is closed: a transaction in an invalid state, a
 * standby, cached plans and statements, a privilege that was revoked meanwhile; an internal error, by
 * which Citus reports that a connection of its own is broken.
 */
const STALE_CONNECTION = /^(?:25|26|0A|42501|XX)/;

/**
 * Tries once to write rows, over a connection from the pool. Never rejects.
 *
 * @param orderOf called when there is a connection
 * @param timeoutMs milliseconds without progress after which the connection is closed
 * @param signal closes it at once
 */
export async function runCopy(
  route: CopyRoute,
  orderOf: () => CopyOrder,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const { connections, guard } = route;
  let connection: Connection;
  try {
    connection = await checkoutUnlessAborted(connections, signal);
  } catch (error) {
    return lost(error, connections);
  }
  let transaction: CopyTransaction;
  let proof: Proof;
  try {
    await route.prepare?.(connection.client, signal);
    const { client, origin } = connection;
    const { writes, slices, end, gate, aside, guarded } = orderOf();
    const session = sessionOf(connection, connections, signal);
    proof = await guard.begin(session, guarded);
    const writings = writes.map((write) => write.begin(session));
    const target = { client, origin, proof, writings, end, gate, aside };
    transaction = new CopyTransaction(target, slices).start();
  } catch (error) {
    connection.release(error);
    return lost(error, connections);
  }
  const answer = await outcomeUnderWatch(transaction, route, timeoutMs, signal);
  const outcome = await confirmed(answer, proof, connection, connections, signal);
  // Behind a pooler, each batch may see another incarnation.
  connections.incarnations.note(transaction.backend?.origin.incarnation);
  // A connection that does not confirm may lead to a standby.
  await giveBack(connection, outcome, route, transaction.isReusable && outcome === answer);
  return outcome;
}

/**
 * The outcome, if it is a refusal that may be believed. The question goes over the same connection: it
 * must be answered by the server that refused the rows, and not by one that has been promoted since.
 */
async function confirmed(
  outcome: Outcome,
  { confirm }: Proof,
  { client }: Connection,
  connections: Connections,
  signal: AbortSignal,
): Promise<Outcome> {
  if (outcome.kind !== "refused" || confirm === undefined) {
    return outcome;
  }
  try {
    if (client.getTransactionStatus() !== "I") {
      await connections.rollBack(client);
    }
    await connections.ask(client, confirm, signal);
    return outcome;
  } catch (error) {
    return { kind: "lost", error: toError(error), backend: undefined, isFinal: false };
  }
}

/**
 * What a connection is to a guard and a write.
 *
 * @param signal ends what they ask for
 */
export function sessionOf(
  { client, origin }: Connection,
  connections: Connections,
  signal: AbortSignal,
): Session {
  const { isOwn } = connections;
  return {
    client,
    origin,
    pid: client.processID ?? undefined,
    isOwn,
    isReadCommitted: isOwn && !origin.isPooled && origin.isReadCommitted,
    ask: (work) => connections.ask(client, work, signal),
  };
}

/** What runs over a connection until its outcome is known. */
interface Work extends Watched {
  readonly outcome: Promise<Outcome>;
  /** Ends the connection, and with it the transaction, if that can still be ended. */
  cut(error: Error): void;
}

/** The outcome of work that is closed when it makes no progress, or when the signal aborts. */
export async function outcomeUnderWatch(
  work: Work,
  route: CopyRoute,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const forget = onAbort(signal, () => work.cut(signal.reason as Error));
  const stopWatching = watchProgress(work, route, timeoutMs);
  const outcome = await work.outcome;
  stopWatching();
  forget();
  return outcome;
}

function lost(error: unknown, { isEnded }: Connections): Outcome {
  return { kind: "lost", error: toError(error), backend: undefined, isFinal: isEnded };
}

/** As `connections.checkout()`; rejects with the signal's reason as soon as it aborts. */
export function checkoutUnlessAborted(
  connections: Connections,
  signal: AbortSignal,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const forget = onAbort(signal, () => reject(signal.reason as Error));
    const settle = (connection: Connection): void => {
      forget();
      if (signal.aborted) {
        connection.release();
      } else {
        resolve(connection);
      }
    };
    connections.checkout().then(settle, (error: Error) => {
      forget();
      reject(error);
    });
  });
}

/**
 * Returns the connection to its pool, outside of a transaction. Never rejects: nothing that happens to
 * the connection from now on changes the outcome.
 *
 * @param isReusable whether it may be used again; otherwise it is closed
 */
export async function giveBack(
  { client, release }: Connection,
  outcome: Outcome,
  { connections }: CopyRoute,
  isReusable: boolean,
): Promise<void> {
  try {
    const isKept = connections.holdsTemporaryTable;
    if (outcome.kind !== "committed" && (!isReusable || isUseless(client, outcome, isKept))) {
      release(outcome.error);
      return;
    }
    if (client.getTransactionStatus() !== "I") {
      await connections.rollBack(client);
    }
    release();
  } catch (error) {
    release(error);
  }
}

function isUseless(client: PgClient, outcome: Outcome, isKept: boolean): boolean {
  return (
    client.connection.stream.destroyed ||
    (outcome.kind === "refused" && STALE_CONNECTION.test(outcome.error.code) && !isKept)
  );
}
