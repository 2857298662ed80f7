import type { Table } from "batch-copy";
import { Client, escapeIdentifier } from "pg";

/** The schema of the examples, so that your tables of the same names are safe. */
export const SCHEMA = "batch_copy_examples";

/** Recreates the table, and returns the connection, for queries about it afterwards. */
export async function connectToFresh(table: Table): Promise<Client> {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  await client.query(`DROP TABLE IF EXISTS ${SCHEMA}.${escapeIdentifier(table.name)}`);
  await client.query(table.ddl);
  return client;
}
