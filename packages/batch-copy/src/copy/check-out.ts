import { BatchCopyError, ConnectError } from "../errors.js";
import { nextTick } from "../timers.js";
import { callOut, isThenable, toError } from "./call-out.js";
import { connectError } from "./connect-error.js";
import { deferred } from "./deferred.js";
import type { PgClient, PgPool, PgPoolClient } from "./driver.js";
import { PoolLoad } from "./pool-load.js";
import { PoolWait, type PoolLimits } from "./pool-wait.js";

const NO_POOL = "pool must be a pg.Pool: its connect() returned a client without release()";

/** A client that is being checked out of a pool. */
export interface CheckOut {
  /** Rejects with a ConnectError if there is no client in time. */
  readonly client: Promise<PgPoolClient>;
  /** Makes `client` reject at once. */
  giveUp(error: Error): void;
}

/** Checks a client out of a pool. A client that arrives after the wait is returned to the pool. */
export function checkOut(pool: PgPool, limits: PoolLimits): CheckOut {
  let isSettled = false;
  const { promise, resolve, reject } = deferred<PgPoolClient>();
  const settle = (): void => {
    isSettled = true;
    wait.end();
  };
  const fail = (error: unknown): void => {
    settle();
    reject(connectError(error));
  };
  const take = (client: PgPoolClient): void => {
    if (typeof client.release !== "function") {
      fail(new BatchCopyError("INVALID_OPTION", NO_POOL));
      return;
    }
    try {
      listenToLoss(client);
    } catch (error) {
      giveBack(client, error);
      fail(error);
      return;
    }
    if (isSettled) {
      // The pool passes it on at once, perhaps to the next one that has given up, and so on.
      nextTick(() => giveBack(client));
    } else {
      settle();
      resolve(client);
    }
  };
  const wait = new PoolWait(PoolLoad.of(pool), limits, fail);
  call(pool, take, fail);
  wait.noteCall();
  return { client: promise, giveUp: fail };
}

/**
 * Calls `connect` with a callback: pg calls it before the client can be lost without a listener, but
 * resolves a promise later. A wrapper may call back twice, or return a promise as well.
 */
function call(
  pool: PgPool,
  take: (client: PgPoolClient) => void,
  fail: (error: unknown) => void,
): void {
  let taken: object | undefined;
  const settle = (error: unknown, client: unknown): void => {
    if (typeof client !== "object" || client === null) {
      fail(error ?? new Error("connect() of the pool returned neither a client nor an error"));
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
 * Adds a listener for errors. Without one, the loss of a client that is checked out would end the
 * process, because pg's pool listens only to idle clients. Code that uses the client adds a listener
 * of its own to notice the loss.
 */
export function listenToLoss(client: PgClient): void {
  if (!listenedTo.has(client)) {
    client.on("error", noop);
    listenedTo.add(client);
  }
}

/** Returns a client to its pool. With an error, the pool closes the client. */
export function giveBack(client: PgPoolClient, error?: unknown): void {
  callOut(() => client.release(error === undefined ? undefined : toError(error)));
}

/** @throws ConnectError if COPY cannot run over the client */
export function refuseUnusable(client: PgClient): void {
  if (typeof client.getTransactionStatus !== "function" || client.connection === undefined) {
    throw new ConnectError(
      "the pool must create clients of pg 8.23 or later, and not of pg-native",
    );
  }
  if (client.pipeline === true) {
    throw new ConnectError(
      "the pool's clients must not be in pipeline mode, which does not support COPY",
    );
  }
  const status = client.getTransactionStatus();
  if (status === null) {
    // pg passes on a falsy reason, which its pool takes for success.
    throw new ConnectError(
      "the pool returned a client that is not connected, as after a password function that rejects without an error",
    );
  }
  if (status !== "I") {
    throw new ConnectError("the pool returned a client that is inside a transaction");
  }
}

function noop(): void {}
