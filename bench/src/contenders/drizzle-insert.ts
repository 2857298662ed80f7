import { drizzle } from "drizzle-orm/node-postgres";

import { drizzleTable } from "./drizzle-table.js";
import { inChunks } from "./in-chunks.js";
import { connectionsOf, type Open } from "./job.js";
import { openPool } from "./pg-clients.js";

/** Drizzle: multi-row INSERTs. */
export const open: Open = async (job) => {
  const pool = await openPool(connectionsOf(job));
  const database = drizzle(pool);
  const table = drizzleTable(job.workload);
  return {
    write: () => inChunks(job, (rows) => database.insert(table).values(rows)),
    close: () => pool.end(),
  };
};
