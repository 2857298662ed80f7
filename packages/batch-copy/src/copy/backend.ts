import { EQ } from "../catalog-operators.js";
import { textQuery } from "../text-query.js";
import type { LostBackend } from "../transaction/guard.js";
import { microseconds } from "../transaction/incarnation.js";
import { isTransaction } from "../transaction/running.js";
import type { PgClient } from "./driver.js";

/**
 * SQL for the row of our backend in `pg_stat_activity`. Behind a pooler, the process may already serve
 * another client, so only the transaction identifies it. Without a pooler, its start time does as well.
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
 * Whether our backend is busy: it runs, or waits for a lock, for the disk or for a standby. Otherwise
 * it waits for us, or is gone.
 *
 * @param client any connection to the same server, except the backend's own
 */
export async function isServerBusy(client: PgClient, backend: LostBackend): Promise<boolean> {
  const ours = ourBackend(backend);
  if (ours === undefined) {
    return false;
  }
  // The state is hidden from other roles: then it is NULL.
  const { rows } = await client.query(
    `SELECT ${ours} AND state IS NOT NULL AND (wait_event_type ${EQ} 'Client') IS NOT TRUE`,
  );
  return rows.length > 0;
}

/**
 * Terminates our backend if it waits for a client that is gone, so that its locks and uncommitted keys
 * do not block the next attempt. A backend that does anything else is left alone: it may be
 * committing, and canceling a wait for a standby commits.
 *
 * @returns whether the backend no longer exists
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
