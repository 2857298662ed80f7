import { Client } from "pg";

import { callInTurn } from "./call-in-turn.js";
import { insertStatement } from "./insert-statement.js";
import type { Open } from "./job.js";

/** INSERTs of one row each over one client without a pool; as a named statement if `prepared` is 1. */
export const open: Open = async (job) => {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  const text = insertStatement(job.workload, 1);
  const statement = job.options["prepared"] === 1 ? { name: "insert", text } : { text };
  return {
    write: () =>
      callInTurn(job, (row) => client.query({ ...statement, values: Object.values(row) })),
    close: () => client.end(),
  };
};
