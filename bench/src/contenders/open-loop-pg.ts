import { insertStatement } from "./insert-statement.js";
import type { Open } from "./job.js";
import { inOpenLoop } from "./open-loop.js";
import { openPool } from "./pg-clients.js";

/** Prepared INSERTs, over a pool of so many `connections`, of rows that arrive `perSecond`. */
export const open: Open = async (job) => {
  const pool = await openPool(job.options["connections"] ?? 1);
  const text = insertStatement(job.workload, 1);
  return {
    write: () =>
      inOpenLoop(job, (row) => pool.query({ name: "insert", text, values: Object.values(row) })),
    close: () => pool.end(),
  };
};
