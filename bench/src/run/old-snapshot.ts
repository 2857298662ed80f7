import { Client } from "pg";

/** Does the work while another session, which is idle, holds a snapshot that is older. */
export async function besideOldSnapshot<T>(work: () => Promise<T>): Promise<T> {
  const client = new Client(process.env["DATABASE_URL"]);
  await client.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1");
    return await work();
  } finally {
    await client.end();
  }
}
