import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";

import { KEY } from "../workloads/upserts.js";
import { drizzleTable } from "./drizzle-table.js";
import { inStatements } from "./in-batches.js";
import type { Open } from "./job.js";
import { openPool } from "./pg-clients.js";
import { updatedColumns } from "./upsert-statement.js";

/** Drizzle: `onConflictDoUpdate` of many rows. */
export const open: Open = async (job) => {
  const pool = await openPool(1);
  const database = drizzle(pool);
  const table = drizzleTable(job.workload);
  const set = Object.fromEntries(
    updatedColumns(job.workload).map((name) => [name, sql.raw(`excluded.${name}`)]),
  );
  const session = {
    alone: database as Pick<typeof database, "insert">,
    transaction: database.transaction.bind(database),
  };
  return {
    write: () =>
      inStatements(job, session, (client, rows) =>
        client.insert(table).values(rows).onConflictDoUpdate({ target: table[KEY]!, set }),
      ),
    close: () => pool.end(),
  };
};
