import { after, before } from "node:test";

import { Client } from "pg";

/** Gives a test file a database of its own, because all benches use the same schema. */
export function useOwnDatabase(): void {
  const name = `bench_${process.pid}`;
  const admin = new Client(process.env["DATABASE_URL"]);
  before(async () => {
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    const url = new URL(process.env["DATABASE_URL"] ?? "");
    url.pathname = name;
    process.env["DATABASE_URL"] = url.href;
  });
  after(async () => {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  });
}
