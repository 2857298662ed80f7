import { EQ } from "../catalog-operators.js";
import type { TextQueryable } from "../text-query.js";
import type { Doubt } from "./guard.js";

/** Whether a backend runs our transaction. */
export async function isRunning(client: TextQueryable, backend: Doubt): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_catalog.pg_stat_activity WHERE pid ${EQ} ${backend.pid} AND ${isTransaction(backend.xid)}`,
  );
  return rows.length > 0;
}

/** SQL for whether a row of `pg_stat_activity` is about our transaction. */
export function isTransaction(xid: string): string {
  return `backend_xid ${EQ} '${xid}'::pg_catalog.xid8::pg_catalog.xid`;
}
