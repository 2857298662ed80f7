import { isServerError, type PgServerError } from "../transaction/server-error.js";
import { answerWithin } from "./answer-within.js";
import { callOut } from "./call-out.js";
import { listenToLoss } from "./check-out.js";
import { connectError } from "./connect-error.js";
import type { PgClient, PgClientSource, PgPool } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

/**
 * ERRORs of a server that accepts no further connection (53300: max_connections, the limit of a role
 * or a database), and the corresponding ones of poolers: 08P01 of PgBouncer, XX000 of others.
 */
const NO_MORE_CONNECTIONS = /^(?:53|08|XX)/;

/**
 * Connects a client of the same kind as a pool's, but outside of the pool. Returns undefined if that is
 * not possible.
 *
 * @param clients holds the client until `closeBeside`
 */
export async function openBeside(
  pool: PgPool,
  timeoutMs: number,
  clients: Set<PgClient>,
): Promise<PgClient | undefined> {
  const client = makeClient(pool);
  if (client === undefined) {
    return undefined;
  }
  clients.add(client);
  try {
    await answerWithin(timeoutMs, client, () => client.connect());
    return client;
  } catch (error) {
    closeBeside(client, timeoutMs, clients);
    if (isServerError(error as Error) && NO_MORE_CONNECTIONS.test((error as PgServerError).code)) {
      return undefined;
    }
    throw connectError(error);
  }
}

function makeClient(pool: PgPool): PgClient | undefined {
  const { Client, options } = pool as PgClientSource;
  if (typeof Client !== "function") {
    // Not a pg.Pool, but an object that behaves like one.
    return undefined;
  }
  try {
    const client = new Client(options);
    listenToLoss(client);
    return client;
  } catch {
    // A class of the application that needs more than the pool's options.
    return undefined;
  }
}

/** Closes a client that `openBeside` has connected. */
export function closeBeside(client: PgClient, timeoutMs: number, clients: Set<PgClient>): void {
  clients.delete(client);
  callOut(() => {
    client.end().catch(noop);
    // If the peer does not close its side, ours must not stay open.
    const { stream } = client.connection;
    if (typeof stream.destroySoon === "function") {
      stream.destroySoon();
    } else {
      const timer = new LoopTimer(timeoutMs, () => stream.destroy());
      stream.once("close", () => timer.stop());
    }
  });
}

function noop(): void {}
