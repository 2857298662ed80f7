import { Client, Pool, type ClientBase } from "pg";

import { applicationName } from "./application-name.js";
import { withDefaults, type PgClientConfig } from "./client-config.js";
import { connectTimeoutError } from "./connect-error.js";
import type { PgClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";

export interface PoolSettings {
  readonly databaseUrl: string | undefined;
  readonly connection: PgClientConfig | undefined;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly connectionLifetimeMs: number;
  /** The id that the application_name of each connection ends in; undefined for none. */
  readonly session?: string | undefined;
}

/**
 * Opens a pool of the copier's own.
 *
 * @param clients holds the pool's clients from the moment they begin to connect until they have ended
 */
export function openPool(settings: PoolSettings, clients: Set<PgClient>): Pool {
  return new Pool({
    Client: clientClass(settings, clients),
    max: settings.connections,
    maxLifetimeSeconds: settings.connectionLifetimeMs / 1000,
    // Idle connections are kept, so that the next batch can be sent at once.
    idleTimeoutMillis: 0,
    // A copier that was not closed keeps the process alive only while rows are being sent.
    allowExitOnIdle: true,
  });
}

/**
 * Clients that stop connecting after `connectTimeoutMs`, to free their place in the pool. pg's own
 * `connectionTimeoutMillis` also counts time in which the event loop is blocked.
 */
function clientClass(settings: PoolSettings, clients: Set<PgClient>): new () => ClientBase {
  const { databaseUrl, connection, connectTimeoutMs, session } = settings;
  const config = withDefaults(connection ?? { connectionString: databaseUrl });
  return class extends Client {
    constructor() {
      super(config);
      const client = this as unknown as PgClient;
      if (session !== undefined) {
        nameAfter(session, this as unknown as NamedClient);
      }
      const timer = new LoopTimer(connectTimeoutMs, () => {
        client.connection.stream.destroy(connectTimeoutError(connectTimeoutMs));
      });
      if (typeof client.connection.stream.unref !== "function") {
        // A stream of the application, such as one through SSH. The pool calls both for idle clients.
        Object.assign(client, { ref: noop, unref: noop });
      }
      // After a failed login, as by a password function that rejects, pg leaves the socket open.
      client.connection.once("error", () => client.connection.stream.destroy());
      clients.add(client);
      this.once("connect", () => timer.stop());
      this.once("end", () => {
        timer.stop();
        clients.delete(client);
      });
    }
  };
}

/** A client of pg before it connects: it has read its configuration, its URL and the environment. */
interface NamedClient {
  readonly connectionParameters: {
    application_name?: string | undefined;
    readonly fallback_application_name: string;
  };
}

function nameAfter(session: string, { connectionParameters }: NamedClient): void {
  const { application_name, fallback_application_name } = connectionParameters;
  connectionParameters.application_name = applicationName(
    application_name || fallback_application_name,
    session,
  );
}

function noop(): void {}
