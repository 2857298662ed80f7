import { Client } from "pg";

import { qualifiedName, type Workload } from "../workloads/workload.js";

/**
 * Does the work while nobody can write to the workload's table. Sessions that still wait for the table
 * then are ended, so that they write nothing to it.
 *
 * @throws Error if something was written nevertheless
 */
export async function whileLocked<T>(workload: Workload, work: () => Promise<T>): Promise<T> {
  const table = qualifiedName(workload);
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  try {
    await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`);
    const done = await work();
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE relation = $1::regclass AND NOT granted",
      [table],
    );
    await client.query("COMMIT");
    const { rows } = await client.query(`SELECT FROM ${table} LIMIT 1`);
    if (rows.length > 0) throw new Error(`${table} has rows that were written while it was locked`);
    return done;
  } finally {
    await client.end();
  }
}
