import type { Table } from "batch-copy";
import { Client, escapeIdentifier } from "pg";

/** Where the examples keep their tables, apart from your own of the same names. */
export const SCHEMA = "batch_copy_examples";

/** Makes the table anew, and returns the connection, for questions about it afterwards. */
export async function connectToFresh(table: Table): Promise<Client> {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
  await client.query(`DROP TABLE IF EXISTS ${SCHEMA}.${escapeIdentifier(table.name)}`);
  await client.query(table.ddl);
  return client;
}
