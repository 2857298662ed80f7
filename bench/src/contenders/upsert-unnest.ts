import { Client } from "pg";

import { inBatches } from "./in-batches.js";
import type { Open } from "./job.js";
import { unnestStatement, unnestValues } from "./unnest-statement.js";
import { onConflictClause } from "./upsert-statement.js";

/** A prepared INSERT … ON CONFLICT for each batch, with an array for each column. */
export const open: Open = async (job) => {
  const { workload } = job;
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  const text = `${unnestStatement(workload)} ${onConflictClause(workload)}`;
  return {
    write: () =>
      inBatches(job, (batch) =>
        client.query({ name: "unnest", text, values: unnestValues(workload, batch) }),
      ),
    close: () => client.end(),
  };
};
