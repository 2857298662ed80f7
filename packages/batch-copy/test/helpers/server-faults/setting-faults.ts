import { Client } from "pg";

import type { ServerFault } from "./server-fault.js";
import type { Stage } from "./stage.js";

/** Settings that a server may have for a while. */
export const settingFaults: readonly ServerFault[] = [
  {
    what: "statement_timeout ends statements that wait",
    strike: (stage) =>
      withSetting(stage, "statement_timeout", "50ms", () => lockUntilMet(stage, "57014")),
  },
  {
    what: "lock_timeout ends statements that wait",
    strike: (stage) =>
      withSetting(stage, "lock_timeout", "50ms", () => lockUntilMet(stage, "55P03")),
  },
  {
    what: "the server is read-only",
    strike: (stage) =>
      withSetting(stage, "default_transaction_read_only", "on", () => stage.untilMet("25006")),
  },
];

async function withSetting(
  stage: Stage,
  name: string,
  value: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  // ALTER SYSTEM must be alone, and a query of several statements is one transaction.
  await stage.sql(`ALTER SYSTEM SET ${name} = '${value}'`);
  await stage.sql("SELECT pg_reload_conf()");
  await meanwhile();
  await stage.sql(`ALTER SYSTEM RESET ${name}`);
  await stage.sql("SELECT pg_reload_conf()");
}

async function lockUntilMet(stage: Stage, sqlState: string): Promise<void> {
  const client = new Client(stage.scene.server.url);
  await client.connect();
  await client.query(`SET statement_timeout = 0; SET lock_timeout = 0`);
  await client.query(`BEGIN; LOCK TABLE ${stage.name}`);
  await stage.untilMet(sqlState);
  await client.query("COMMIT");
  await client.end();
}
