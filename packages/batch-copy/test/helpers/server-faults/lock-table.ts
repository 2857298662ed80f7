import { Client } from "pg";

import type { Stage } from "./stage.js";

/** Holds a lock on the table, so that COPY waits, until it is disposed of. */
export async function lockTable(stage: Stage): Promise<AsyncDisposable> {
  const client = new Client(stage.scene.server.url);
  await client.connect();
  // Whatever the fault makes of the settings.
  await client.query("SET statement_timeout = 0; SET lock_timeout = 0");
  await client.query(`BEGIN; LOCK TABLE ${stage.name}`);
  return {
    async [Symbol.asyncDispose]() {
      await client.query("COMMIT");
      await client.end();
    },
  };
}
