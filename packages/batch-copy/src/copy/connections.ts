import { Pool } from "pg";

import { BatchCopyError, ConnectError } from "../errors.js";
import type { PgClient, PgPool } from "./driver.js";

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
  readonly #timeoutMs: number;

  constructor(settings: ConnectionSettings) {
    this.#timeoutMs = settings.connectTimeoutMs;
    this.#ownPool = settings.pool === undefined ? this.#openPool(settings) : undefined;
    this.#pool = settings.pool ?? this.#ownPool!;
  }

  /** A connection that is not inside a transaction. Rejects with a ConnectError in time. */
  async checkout(): Promise<Connection> {
    const client = await this.#connect();
    // Without a listener the loss of a client on loan would end the process (pg's pool listens only
    // to idle ones). Whoever uses the client learns of the loss by its own listener.
    client.on("error", noop);
    const release = (error?: Error): void => {
      client.release(error);
      client.off("error", noop);
    };
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
    const timer = setTimeout(() => {
      for (const client of this.#ownClients) {
        client.connection.stream.destroy();
      }
    }, this.#timeoutMs);
    await this.#ownPool.end();
    clearTimeout(timer);
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
        isLate = true;
        reject(new ConnectError(`no connection within ${this.#timeoutMs} ms (connectTimeoutMs)`));
      }, this.#timeoutMs);
      // Inside a then, because pg throws for a connection string that it cannot read.
      Promise.resolve()
        .then(() => this.#pool.connect() as Promise<PgClient>)
        .then((client) => (isLate ? client.release() : resolve(client)))
        .catch((error: unknown) => reject(connectError(error)))
        .finally(() => clearTimeout(timer));
    });
  }
}

function openPool(settings: ConnectionSettings): Pool {
  return new Pool({
    ...(settings.databaseUrl === undefined ? {} : { connectionString: settings.databaseUrl }),
    max: settings.connections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
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
  return new ConnectError(`cannot connect: ${messageOf(error)}`, { cause: error });
}

/** Node reports a name with several addresses as an AggregateError whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(messageOf).join("; ");
  }
  return error instanceof Error ? error.message : String(error);
}

function noop(): void {}
