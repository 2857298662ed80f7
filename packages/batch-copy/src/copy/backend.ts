import { EQ } from "../catalog-operators.js";
import { textQuery } from "../text-query.js";
import type { PgClient } from "./driver.js";
import { microseconds } from "./origin.js";
import type { Doubt, LostBackend } from "./outcome.js";

/**
 * The row of our backend in `pg_stat_activity`. Behind a pooler the process may serve another client
 * by now, so that only the transaction identifies it; else the time when it started does so too.
 */
function ourBackend({ pid, xid, origin }: LostBackend): string | undefined {
  const proofs: string[] = [];
  if (xid !== undefined) {
    proofs.push(isTransaction(xid));
  }
  if (origin.backendStart !== undefined) {
    proofs.push(`${microseconds("backend_start")} ${EQ} '${origin.backendStart}'`);
  }
  return proofs.length === 0
    ? undefined
    : `FROM pg_catalog.pg_stat_activity WHERE pid ${EQ} ${pid} AND (${proofs.join(" OR ")})`;
}

/**
 * Whether the server is at work for our backend: it runs, or waits for a lock, for the disk, for a
 * standby. If not, it waits for us, or is gone.
 *
 * @param client any connection to the same server but the backend's own
 */
export async function isServerBusy(client: PgClient, backend: LostBackend): Promise<boolean> {
  const ours = ourBackend(backend);
  if (ours === undefined) {
    return false;
  }
  // The state is hidden from other roles: then nothing is known.
  const { rows } = await client.query(
    `SELECT ${ours} AND state IS NOT NULL AND (wait_event_type ${EQ} 'Client') IS NOT TRUE`,
  );
  return rows.length > 0;
}

/**
 * Ends our backend if it waits for a client that is gone, so that its locks and uncommitted keys do
 * not stand in the way of the next attempt. One that does anything else is left alone: it may be
 * committing, and a wait for a standby that is cut short commits.
 *
 * @returns whether it is there no more
 */
export async function endBackend(client: PgClient, backend: LostBackend): Promise<boolean> {
  const ours = ourBackend(backend);
  if (ours === undefined) {
    return true;
  }
  const isEnded = `CASE WHEN wait_event ${EQ} 'ClientRead'
    THEN pg_catalog.pg_terminate_backend(pid) ELSE false END`;
  const { rows } = await client.query(textQuery(`SELECT (${isEnded})::pg_catalog.text ${ours}`));
  return rows.every(([answer]) => answer === "true");
}

/** Whether a backend runs our transaction. */
export async function isRunning(client: PgClient, backend: Doubt): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_catalog.pg_stat_activity WHERE pid ${EQ} ${backend.pid} AND ${isTransaction(backend.xid)}`,
  );
  return rows.length > 0;
}

function isTransaction(xid: string): string {
  return `backend_xid ${EQ} '${xid}'::pg_catalog.xid8::pg_catalog.xid`;
}
