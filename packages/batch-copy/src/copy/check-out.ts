import { BatchCopyError, ConnectError } from "../errors.js";
import { callOut, isThenable, toError } from "./call-out.js";
import { connectError } from "./connect-error.js";
import type { Deadline } from "./deadline.js";
import type { PgClient, PgPool, PgPoolClient } from "./driver.js";

const NO_POOL =
  "pool must be a pg.Pool: what its connect() returned is not a pool's client, because it has no release()";

/**
 * Takes a client from a pool. One that comes after the deadline is given back.
 *
 * @throws ConnectError if there is none in time
 */
export function checkOut(pool: PgPool, deadline: Deadline): Promise<PgPoolClient> {
  return new Promise((resolve, reject) => {
    let isSettled = false;
    const fail = (error: Error): void => {
      isSettled = true;
      reject(error);
    };
    deadline.onOver(() => {
      fail(new ConnectError(`no connection within ${deadline.timeoutMs} ms (connectTimeoutMs)`));
    });
    const take = (client: PgPoolClient): void => {
      if (typeof client.release !== "function") {
        fail(new BatchCopyError("INVALID_OPTION", NO_POOL));
        return;
      }
      try {
        listenToLoss(client);
      } catch (error) {
        giveBack(client, error);
        fail(connectError(error));
        return;
      }
      if (isSettled) {
        giveBack(client);
      } else {
        isSettled = true;
        resolve(client);
      }
    };
    call(pool, take, (error) => fail(connectError(error)));
  });
}

/**
 * Calls `connect`, with a callback: pg calls it before the client can be lost without a listener,
 * unlike the code that awaits its promise. A wrapper may call back twice, or return a promise too.
 */
function call(
  pool: PgPool,
  take: (client: PgPoolClient) => void,
  fail: (error: unknown) => void,
): void {
  let taken: object | undefined;
  const settle = (error: unknown, client: unknown): void => {
    if (typeof client !== "object" || client === null) {
      fail(error ?? new Error("the pool gave neither a client nor an error"));
    } else if (client !== taken) {
      taken = client;
      take(client as PgPoolClient);
    }
  };
  try {
    const result: unknown = pool.connect(settle);
    if (isThenable(result)) {
      result.then((client) => client && settle(undefined, client), fail);
    }
  } catch (error) {
    // pg throws for a connection string that it cannot read.
    fail(error);
  }
}

/** Clients that have our listener. */
const listenedTo = new WeakSet<PgClient>();

/**
 * Without a listener the loss of a client on loan would end the process: pg's pool listens only to
 * idle ones. Whoever uses the client learns of the loss by a listener of its own.
 */
export function listenToLoss(client: PgClient): void {
  if (!listenedTo.has(client)) {
    client.on("error", noop);
    listenedTo.add(client);
  }
}

/** Gives a client back to its pool; with an error, to be closed. */
export function giveBack(client: PgPoolClient, error?: unknown): void {
  callOut(() => client.release(error === undefined ? undefined : toError(error)));
}

/** @throws ConnectError if COPY cannot run over the client */
export function refuseUnusable(client: PgClient): void {
  if (typeof client.getTransactionStatus !== "function" || client.connection === undefined) {
    throw new ConnectError("the pool's clients must be those of pg 8.23 or later, not native ones");
  }
  if (client.pipeline === true) {
    throw new ConnectError("the pool's clients must not be in pipeline mode, which has no COPY");
  }
  if (client.getTransactionStatus() !== "I") {
    throw new ConnectError("a client of the pool was inside a transaction");
  }
}

function noop(): void {}
