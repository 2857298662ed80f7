import { callInTurn } from "./call-in-turn.js";
import { insertStatement } from "./insert-statement.js";
import type { Open } from "./job.js";
import { openPool } from "./pg-clients.js";

/** `callers` that await a prepared INSERT of one row each, over a pool of so many `connections`. */
export const open: Open = async (job) => {
  const pool = await openPool(job.options["connections"] ?? 1);
  const text = insertStatement(job.workload, 1);
  return {
    write: () =>
      callInTurn(job, (row) => pool.query({ name: "insert", text, values: Object.values(row) })),
    close: () => pool.end(),
  };
};
