import type { Table } from "batch-copy";
import { Client, escapeIdentifier } from "pg";

/** The schema of the examples, so that your tables of the same names are safe. */
export const SCHEMA = "batch_copy_examples";

/** Recreates the table, and returns the connection, for queries about it afterwards. */
export async function connectToFresh(table: Table): Promise<Client> {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  // One example at a time: of two that create the schema at once, one would fail in spite of IF NOT EXISTS.
  await client.query(
    `SELECT pg_advisory_xact_lock(hashtext('${SCHEMA}')); CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`,
  );
  await client.query(`DROP TABLE IF EXISTS ${SCHEMA}.${escapeIdentifier(table.name)}`);
  await client.query(table.ddl);
  return client;
}
