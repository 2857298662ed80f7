import { Client } from "pg";

import type { Row } from "../workloads/workload.js";
import { inStatements } from "./in-batches.js";
import { insertStatement } from "./insert-statement.js";
import type { Open } from "./job.js";
import { onConflictClause } from "./upsert-statement.js";

/** Prepared INSERTs … ON CONFLICT with a parameter for each value. */
export const open: Open = async (job) => {
  const { workload } = job;
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  const texts = new Map<number, string>();
  const textFor = (rows: number): string => {
    const text =
      texts.get(rows) ?? `${insertStatement(workload, rows)} ${onConflictClause(workload)}`;
    texts.set(rows, text);
    return text;
  };
  const upsert = (given: Client, rows: readonly Row[]): Promise<unknown> =>
    given.query({
      name: `upsert ${rows.length}`,
      text: textFor(rows.length),
      values: rows.flatMap((row) => Object.values(row)),
    });
  const transaction = async (work: (inside: Client) => Promise<void>): Promise<void> => {
    await client.query("BEGIN");
    await work(client);
    await client.query("COMMIT");
  };
  return {
    write: () => inStatements(job, { alone: client, transaction }, upsert),
    close: () => client.end(),
  };
};
