import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";

/**
 * How to connect: the configuration of a `pg.Client`, as it is. What is left out comes from the PG*
 * variables, as in pg.
 */
export interface PgClientConfig {
  /** Name or address of the server, or the folder of its Unix socket. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  /** A function is called anew for each connection, so that it can return a token that expires. */
  readonly password?: string | (() => string | Promise<string>) | undefined;
  /** Whether to use TLS, or its settings. */
  readonly ssl?: boolean | ConnectionOptions | undefined;
  readonly sslnegotiation?: "postgres" | "direct" | undefined;
  readonly enableChannelBinding?: boolean | undefined;
  /** Instead of host, port, database, user and password. */
  readonly connectionString?: string | undefined;
  /** Creates the socket of each connection. */
  readonly stream?: (() => Duplex | undefined) | undefined;
  /** Settings of the session, such as `-c search_path=app`. */
  readonly options?: string | undefined;
  readonly application_name?: string | undefined;
  /** @default "batch-copy" */
  readonly fallback_application_name?: string | undefined;
  readonly client_encoding?: string | undefined;
  readonly statement_timeout?: number | false | undefined;
  readonly lock_timeout?: number | undefined;
  readonly idle_in_transaction_session_timeout?: number | undefined;
  readonly query_timeout?: number | undefined;
  /** @default true */
  readonly keepAlive?: boolean | undefined;
  /** @default 10000 */
  readonly keepAliveInitialDelayMillis?: number | undefined;
}

/** The names of a client's options. They are also read if they are hidden, or getters of a class. */
export const CLIENT_OPTIONS: readonly (keyof PgClientConfig)[] = Object.keys({
  host: 0,
  port: 0,
  database: 0,
  user: 0,
  password: 0,
  ssl: 0,
  sslnegotiation: 0,
  enableChannelBinding: 0,
  connectionString: 0,
  stream: 0,
  options: 0,
  application_name: 0,
  fallback_application_name: 0,
  client_encoding: 0,
  statement_timeout: 0,
  lock_timeout: 0,
  idle_in_transaction_session_timeout: 0,
  query_timeout: 0,
  keepAlive: 0,
  keepAliveInitialDelayMillis: 0,
} satisfies Record<keyof PgClientConfig, 0>) as (keyof PgClientConfig)[];

/** Milliseconds without traffic after which the system checks whether the peer is still there. */
const KEEP_ALIVE_DELAY_MS = 10_000;

const DEFAULTS: PgClientConfig = {
  keepAlive: true,
  keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
  fallback_application_name: "batch-copy",
};

/**
 * A copy of a client's configuration, with the defaults of this library. Nothing in it is shared but
 * the values of `ssl`: pg hides the key in that, which changes the object, and fails if it is frozen.
 */
export function withDefaults(config: PgClientConfig): PgClientConfig {
  const all: Record<string, unknown> = { ...DEFAULTS };
  for (const name of new Set([...Object.keys(config), ...CLIENT_OPTIONS]) as Set<
    keyof PgClientConfig
  >) {
    const value = config[name];
    if (value !== undefined) {
      all[name] = value;
    }
  }
  const { ssl } = config;
  if (typeof ssl === "object" && ssl !== null) {
    // A pool may have hidden the key already.
    all["ssl"] = ssl.key === undefined ? { ...ssl } : { ...ssl, key: ssl.key };
  }
  return all;
}
