import { Kysely, PostgresDialect } from "kysely";

import { qualifiedName, type Row } from "../workloads/workload.js";
import { inChunks } from "./in-chunks.js";
import { connectionsOf, type Open } from "./job.js";
import { openPool } from "./pg-clients.js";

/** Kysely: multi-row INSERTs. */
export const open: Open = async (job) => {
  const pool = await openPool(connectionsOf(job));
  const database = new Kysely<Record<string, Row>>({ dialect: new PostgresDialect({ pool }) });
  const table = qualifiedName(job.workload);
  return {
    write: () => inChunks(job, (rows) => database.insertInto(table).values(rows).execute()),
    close: () => database.destroy(),
  };
};
