import { Client, Pool } from "pg";

import { connectionsOf, type Job } from "./job.js";

/** Connected clients, as many as the job has connections. */
export async function connectClients(job: Job): Promise<Client[]> {
  const clients = Array.from(
    { length: connectionsOf(job) },
    () => new Client(process.env["DATABASE_URL"]),
  );
  await Promise.all(clients.map((client) => client.connect()));
  return clients;
}

export async function endAll(clients: readonly Client[]): Promise<void> {
  await Promise.all(clients.map((client) => client.end()));
}

/** A pool whose connections are all open already. */
export async function openPool(size: number): Promise<Pool> {
  const pool = new Pool({ connectionString: process.env["DATABASE_URL"], max: size });
  const clients = await Promise.all(Array.from({ length: size }, () => pool.connect()));
  for (const client of clients) {
    client.release();
  }
  return pool;
}
