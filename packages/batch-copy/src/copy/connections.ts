import { Pool } from "pg";

import { BatchCopyError, ConnectError } from "../errors.js";
import { isServerError, type PgClient, type PgPool } from "./driver.js";

export interface ConnectionSettings {
  readonly databaseUrl: string | undefined;
  readonly pool: PgPool | undefined;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly connectionLifetimeMs: number;
}

/** A client on loan, with which nothing of its owner's is under way. */
export interface Connection {
  readonly client: PgClient;
  /** Gives it back; with an error, to be closed instead of used again. */
  readonly release: (error?: Error) => void;
}

/** Where connections come from: a pool of our own, or the one that was given. */
export class Connections {
  readonly #pool: PgPool;
  readonly #ownPool: Pool | undefined;
  readonly #ownClients = new Set<PgClient>();
  readonly #givenUp = deferred();
  readonly #timeoutMs: number;

  constructor(settings: ConnectionSettings) {
    this.#timeoutMs = settings.connectTimeoutMs;
    this.#ownPool = settings.pool === undefined ? this.#openPool(settings) : undefined;
    this.#pool = settings.pool ?? this.#ownPool!;
  }

  /** A connection that is not inside a transaction. Rejects with a ConnectError in time. */
  async checkout(): Promise<Connection> {
    const client = await this.#connect();
    const release = (error?: Error): void => giveBack(client, error);
    const obstacle = unusable(client);
    if (obstacle !== undefined) {
      const error = new ConnectError(obstacle);
      release(error);
      throw error;
    }
    return { client, release };
  }

  /** Lends a connection to `work`, which must end within `connectTimeoutMs`. */
  async use<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    const { client, release } = await this.checkout();
    const timer = setTimeout(() => {
      client.connection.stream.destroy(new Error("no answer within connectTimeoutMs"));
    }, this.#timeoutMs);
    try {
      const result = await work(client);
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
    } finally {
      clearTimeout(timer);
    }
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

  #connect(): Promise<PgClient> {
    return new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        // If the event loop was blocked, the answer may be there already: it is read before this.
        setImmediate(() => {
          isLate = true;
          reject(new ConnectError(`no connection within ${this.#timeoutMs} ms (connectTimeoutMs)`));
        });
      }, this.#timeoutMs);
      const settle = (error: Error | undefined, client: PgClient | undefined): void => {
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

function giveBack(client: PgClient, error?: Error): void {
  try {
    client.release(error);
  } catch (failure) {
    // A listener of the pool's owner threw: that is the owner's to see, and must not stop us.
    process.nextTick(() => {
      throw failure;
    });
  }
}

function openPool(settings: ConnectionSettings): Pool {
  return new Pool({
    ...(settings.databaseUrl === undefined ? {} : { connectionString: settings.databaseUrl }),
    max: settings.connections,
    // Our own timer is the first: this one frees the pool's place.
    connectionTimeoutMillis: settings.connectTimeoutMs + 1000,
    maxLifetimeSeconds: settings.connectionLifetimeMs / 1000,
    // An idle connection is the one that the next batch goes out on at once.
    idleTimeoutMillis: 0,
    // A copier that nobody closed keeps the process alive only while rows are on their way.
    allowExitOnIdle: true,
    keepAlive: true,
    fallback_application_name: "batch-copy",
  });
}

function unusable(client: PgClient): string | undefined {
  if (typeof client.getTransactionStatus !== "function" || client.connection === undefined) {
    return "the pool's clients must be those of pg 8.23 or later, and not native ones";
  }
  return client.getTransactionStatus() === "I"
    ? undefined
    : "a client of the pool was inside a transaction";
}

function connectError(error: unknown): ConnectError {
  const isAnswer =
    error instanceof Error && isServerError(error) && !error.severity.startsWith("F");
  const what = isAnswer ? "the server refused to be asked about the table" : "cannot connect";
  return new ConnectError(`${what}: ${messageOf(error)}`, { cause: error });
}

/** Node reports a name with several addresses as an AggregateError whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = noop;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function noop(): void {}
