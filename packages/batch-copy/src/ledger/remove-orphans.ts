import { EQ } from "../catalog-operators.js";
import { askCatalog, type Queryable } from "../table/ask-catalog.js";
import type { LedgerTable } from "./ledger-table.js";
import { LANE_PREFIX } from "./source-name.js";

/** Milliseconds (7 days) after which a lane that has not moved is taken for one of a dead process. */
export const LANE_AGE_MS = 604_800_000;

/**
 * `serialization_failure`: where the default isolation is stricter than READ COMMITTED, one of the lanes
 * has moved or was removed meanwhile. What is left is removed another time.
 */
const SERIALIZATION_FAILURE = "40001";

/**
 * Removes the lanes that have not moved for {@link LANE_AGE_MS}, by the server's clock. Their processes
 * died, or they would have removed them. Lanes that are locked are left alone: they move, or somebody
 * else is removing them.
 *
 * @returns how many there were
 */
export async function removeOrphans(connection: Queryable, { name }: LedgerTable): Promise<number> {
  // The range of the prefix, for an index in the order of bytes: "0" is the byte after "/".
  const isLane = `source COLLATE pg_catalog."C" OPERATOR(pg_catalog.>=) '${LANE_PREFIX}'
    AND source COLLATE pg_catalog."C" OPERATOR(pg_catalog.<) 'lane0'`;
  const age = `pg_catalog.make_interval(secs => ${LANE_AGE_MS / 1000})`;
  const isOld = `updated_at OPERATOR(pg_catalog.<)
    (pg_catalog.now() OPERATOR(pg_catalog.-) ${age})`;
  const sql = `WITH orphan AS MATERIALIZED (
      SELECT source FROM ${name} WHERE ${isLane} AND ${isOld} FOR UPDATE SKIP LOCKED
    ), removed AS (
      DELETE FROM ${name} AS lane USING orphan WHERE lane.source ${EQ} orphan.source RETURNING 1
    ) SELECT pg_catalog.to_json(pg_catalog.count(*))::pg_catalog.text FROM removed`;
  try {
    return (await askCatalog(connection, sql, [])) as number;
  } catch (error) {
    if ((error as { code?: unknown }).code === SERIALIZATION_FAILURE) {
      return 0;
    }
    throw error;
  }
}
