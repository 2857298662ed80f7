import { Client, Pool, type ClientBase, type ClientConfig } from "pg";

import type { PgClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

export interface PoolSettings {
  readonly databaseUrl: string | undefined;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly connectionLifetimeMs: number;
}

/** Milliseconds without traffic after which the system checks whether the peer is still there. */
const KEEP_ALIVE_DELAY_MS = 10_000;

/**
 * Opens a pool of the copier's own.
 *
 * @param clients holds the pool's clients from the moment they begin to connect until they have ended
 */
export function openPool(settings: PoolSettings, clients: Set<PgClient>): Pool {
  return new Pool({
    ...(settings.databaseUrl === undefined ? {} : { connectionString: settings.databaseUrl }),
    Client: clientClass(settings.connectTimeoutMs, clients),
    max: settings.connections,
    maxLifetimeSeconds: settings.connectionLifetimeMs / 1000,
    // Idle connections are kept, so that the next batch can be sent at once.
    idleTimeoutMillis: 0,
    // A copier that was not closed keeps the process alive only while rows are being sent.
    allowExitOnIdle: true,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    fallback_application_name: "batch-copy",
  });
}

/**
 * Clients that stop connecting after `timeoutMs`, to free their place in the pool. pg's own
 * `connectionTimeoutMillis` also counts time in which the event loop is blocked.
 */
function clientClass(timeoutMs: number, clients: Set<PgClient>): new () => ClientBase {
  return class extends Client {
    // The pool passes its options, which @types/pg does not say.
    constructor(options?: ClientConfig) {
      super(options);
      const client = this as unknown as PgClient;
      const timer = new LoopTimer(timeoutMs, () => {
        client.connection.stream.destroy(new Error(`not connected within ${timeoutMs} ms`));
      });
      clients.add(client);
      this.once("connect", () => timer.stop());
      this.once("end", () => {
        timer.stop();
        clients.delete(client);
      });
    }
  };
}
