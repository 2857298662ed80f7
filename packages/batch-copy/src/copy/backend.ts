import type { PgClient } from "./driver.js";
import type { LostBackend } from "./outcome.js";

/**
 * The row of our backend in `pg_stat_activity`. Behind a pooler the process may serve another client
 * by now, so that only the transaction identifies it; else the time when it started does so too.
 */
function ourBackend({ pid, xid, origin }: LostBackend): string | undefined {
  const proofs: string[] = [];
  if (xid !== undefined) {
    proofs.push(`backend_xid = '${xid}'::xid8::xid`);
  }
  if (origin.backendStart !== undefined) {
    proofs.push(`extract(epoch FROM backend_start)::text = '${origin.backendStart}'`);
  }
  return proofs.length === 0
    ? undefined
    : `FROM pg_stat_activity WHERE pid = ${pid} AND (${proofs.join(" OR ")})`;
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
    `SELECT ${ours} AND state IS NOT NULL AND wait_event_type IS DISTINCT FROM 'Client'`,
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
  const isEnded = "CASE wait_event WHEN 'ClientRead' THEN pg_terminate_backend(pid) ELSE false END";
  const { rows } = await client.query(`SELECT ${isEnded} AS "isEnded" ${ours}`);
  return (rows as { isEnded: boolean }[]).every((row) => row.isEnded);
}

/** Whether a backend runs our transaction. */
export async function isRunning(client: PgClient, backend: LostBackend): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_stat_activity WHERE pid = ${backend.pid} AND backend_xid = '${backend.xid}'::xid8::xid`,
  );
  return rows.length > 0;
}
