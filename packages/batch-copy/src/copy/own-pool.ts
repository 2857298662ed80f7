import { Pool } from "pg";

export interface PoolSettings {
  readonly databaseUrl: string | undefined;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly connectionLifetimeMs: number;
}

/** After so long without a word the system asks whether an idle peer is still there. */
const KEEP_ALIVE_DELAY_MS = 10_000;

/** A pool of the copier's own. */
export function openPool(settings: PoolSettings): Pool {
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
    keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
    fallback_application_name: "batch-copy",
  });
}
