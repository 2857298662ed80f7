import { EQ } from "../catalog-operators.js";
import type { TextQueryable } from "../text-query.js";

/** Whether a backend runs our transaction. */
export async function isRunning(
  client: TextQueryable,
  { pid, xid }: { readonly pid: number; readonly xid: string },
): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT FROM pg_catalog.pg_stat_activity WHERE pid ${EQ} ${pid} AND ${isTransaction(xid)}`,
  );
  return rows.length > 0;
}

/** SQL for whether a row of `pg_stat_activity` is about our transaction. */
export function isTransaction(xid: string): string {
  return `backend_xid ${EQ} '${xid}'::pg_catalog.xid8::pg_catalog.xid`;
}
