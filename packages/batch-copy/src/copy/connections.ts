import type { Pool } from "pg";

import { BatchCopyError, ConnectError } from "../errors.js";
import { clearTimeout, nextTick, setImmediate, setTimeout } from "../timers.js";
import { connectError } from "./connect-error.js";
import type { PgClient, PgClientSource, PgPool, PgPoolClient } from "./driver.js";
import { Lives } from "./lives.js";
import { askOrigin, knownOrigin, type Origin } from "./origin.js";
import { openPool, type PoolSettings } from "./own-pool.js";
import { within } from "./within.js";

export interface ConnectionSettings extends PoolSettings {
  readonly pool: PgPool | undefined;
}

/** A client on loan, with which nothing of its owner's is under way. */
export interface Connection {
  readonly client: PgClient;
  readonly origin: Origin;
  /** Gives it back; with an error, to be closed instead of used again. */
  readonly release: (error?: Error) => void;
}

/** Where connections come from: a pool of our own, or the one that was given. */
export class Connections {
  readonly #pool: PgPool;
  readonly #ownPool: Pool | undefined;
  /** The clients that `giveUp` cuts off: all of our own. */
  readonly #ownClients = new Set<PgClient>();
  readonly #givenUp = deferred();
  readonly #timeoutMs: number;
  readonly lives: Lives = new Lives();
  /** Whether all batches go over one connection, as far as a given pool says how many it opens. */
  readonly isSingle: boolean;

  constructor(settings: ConnectionSettings) {
    this.#timeoutMs = settings.connectTimeoutMs;
    this.isSingle = settings.connections === 1 && (maxOf(settings.pool) ?? 1) === 1;
    this.#ownPool = settings.pool === undefined ? this.#openPool(settings) : undefined;
    this.#pool = settings.pool ?? this.#ownPool!;
  }

  /** A connection that is not inside a transaction. Rejects with a ConnectError in time. */
  async checkout(): Promise<Connection> {
    const client = await this.#connect();
    const release = (error?: Error): void => giveBack(client, error);
    try {
      refuseUnusable(client);
      const origin = knownOrigin(client) ?? (await within(this.#timeoutMs, client, askOrigin));
      this.lives.note(origin.incarnation);
      return { client, origin, release };
    } catch (error) {
      const failure = error instanceof BatchCopyError ? error : connectError(error);
      release(failure);
      throw failure;
    }
  }

  /**
   * Lends a connection to `work`, which must end within `connectTimeoutMs`.
   *
   * @throws ConnectError, or the BatchCopyError that `work` throws.
   */
  async use<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    const { client, release } = await this.checkout();
    try {
      const result = await within(this.#timeoutMs, client, work);
      release();
      return result;
    } catch (error) {
      if (error instanceof BatchCopyError) {
        release();
        throw error;
      }
      const failure = connectError(error);
      release(failure);
      throw failure;
    }
  }

  /**
   * As `use`, over a connection beside the pool, opened for this and closed after it: for questions
   * about the connections of the pool. Those may all be busy, or lead to a server that was replaced.
   */
  async useNew<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    const { Client, options } = this.#pool as PgClientSource;
    if (Client === undefined) {
      // Not a pool of pg's, but one that behaves like it.
      return this.use(work);
    }
    const client = new Client(options);
    listenToLoss(client);
    this.#ownClients.add(client);
    try {
      return await within(this.#timeoutMs, client, async () => {
        await client.connect();
        return work(client);
      });
    } catch (error) {
      throw connectError(error);
    } finally {
      this.#ownClients.delete(client);
      client.end().catch(noop);
      // A peer that does not close its side must not keep ours open.
      client.connection.stream.destroySoon();
    }
  }

  /** Ends the failed transaction of a client on loan. */
  async rollBack(client: PgClient): Promise<void> {
    await within(this.#timeoutMs, client, () => client.query("ROLLBACK"));
  }

  /** Closes the pool if it is our own, when all clients are back; by force if that takes too long. */
  async close(): Promise<void> {
    if (this.#ownPool === undefined) {
      return;
    }
    const timer = setTimeout(() => this.giveUp(), this.#timeoutMs);
    await Promise.race([this.#ownPool.end(), this.#givenUp.promise]);
    clearTimeout(timer);
  }

  /** Makes `close` end at once: clients that have not ended are cut off. */
  giveUp(): void {
    for (const client of this.#ownClients) {
      client.connection.stream.destroy();
    }
    this.#givenUp.resolve();
  }

  #openPool(settings: ConnectionSettings): Pool {
    const pool = openPool(settings);
    // An idle connection was lost: the pool has dropped it already and will open another.
    pool.on("error", noop);
    pool.on("connect", (client) => this.#ownClients.add(client as unknown as PgClient));
    pool.on("remove", (client) => this.#ownClients.delete(client as unknown as PgClient));
    return pool;
  }

  #connect(): Promise<PgPoolClient> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        // If the event loop was blocked, the answer may be there already: it is read before this.
        setImmediate(() => {
          isLate = true;
          reject(new ConnectError(`no connection within ${this.#timeoutMs} ms (connectTimeoutMs)`));
        });
      }, this.#timeoutMs);
      const settle = (error: Error | undefined, client: PgPoolClient | undefined): void => {
        clearTimeout(timer);
        if (client === undefined) {
          reject(connectError(error));
          return;
        }
        listenToLoss(client);
        if (isLate) {
          giveBack(client);
        } else {
          resolve(client);
        }
      };
      try {
        // By a callback, which pg calls before the client can be lost without a listener.
        this.#pool.connect(settle as Parameters<PgPool["connect"]>[0]);
      } catch (error) {
        // pg throws for a connection string that it cannot read.
        settle(error as Error, undefined);
      }
    });
  }
}

function maxOf(pool: PgPool | undefined): number | undefined {
  return (pool as PgClientSource | undefined)?.options?.max;
}

/** Clients that have our listener. */
const listenedTo = new WeakSet<PgClient>();

/**
 * Without a listener the loss of a client on loan would end the process: pg's pool listens only to
 * idle ones. Whoever uses the client learns of the loss by a listener of its own.
 */
function listenToLoss(client: PgClient): void {
  if (!listenedTo.has(client)) {
    listenedTo.add(client);
    client.on("error", noop);
  }
}

function giveBack(client: PgPoolClient, error?: Error): void {
  try {
    client.release(error);
  } catch (failure) {
    // A listener of the pool's owner threw: that is the owner's to see, and must not stop us.
    nextTick(() => {
      throw failure;
    });
  }
}

function refuseUnusable(client: PgClient): void {
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

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = noop;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function noop(): void {}
