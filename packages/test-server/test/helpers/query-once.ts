import { Client } from "pg";

/** Runs statements over a connection of their own; the rows are those of the last one. */
export async function queryOnce(url: string, sql: string): Promise<unknown[]> {
  const client = new Client(url);
  await client.connect();
  try {
    const result = await client.query(sql);
    return [result].flat().at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}
