import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";

import { disconnect } from "./disconnect.js";
import { patiently } from "./patiently.js";
import type { ServerFault } from "./server-fault.js";
import type { Stage } from "./stage.js";

/** What operators do, and undo. */
export const operatorFaults: readonly ServerFault[] = [
  {
    what: "the table is dropped and created again",
    async strike(stage) {
      const { name } = stage;
      // Its rows are kept elsewhere, for the books.
      await stage.sql(`ALTER TABLE ${name} RENAME TO ${name}_old`);
      await stage.untilMet("SCHEMA_MISMATCH");
      await stage.sql(`
        CREATE TABLE ${name} (LIKE ${name}_old INCLUDING ALL);
        INSERT INTO ${name} SELECT * FROM ${name}_old;
        DROP TABLE ${name}_old;
        GRANT INSERT ON ${name} TO writer`);
    },
  },
  {
    what: "a column is gone for a while",
    async strike(stage) {
      await stage.sql(`ALTER TABLE ${stage.name} RENAME label TO renamed`);
      await stage.untilMet("SCHEMA_MISMATCH");
      await stage.sql(`ALTER TABLE ${stage.name} RENAME renamed TO label`);
    },
  },
  {
    what: "the privilege to insert is revoked and granted",
    async strike(stage) {
      await stage.sql(`REVOKE INSERT ON ${stage.name} FROM writer`);
      await stage.untilMet("SCHEMA_MISMATCH");
      await stage.sql(`GRANT INSERT ON ${stage.name} TO writer`);
    },
  },
  {
    what: "the password is changed and changed back",
    async strike(stage) {
      await stage.sql("ALTER ROLE writer PASSWORD 'another'");
      await shutOut(stage, "28P01");
      await stage.sql("ALTER ROLE writer PASSWORD 'pen'");
    },
  },
  {
    what: "the role may not log in for a while",
    async strike(stage) {
      await stage.sql("ALTER ROLE writer NOLOGIN");
      await shutOut(stage, "28000");
      await stage.sql("ALTER ROLE writer LOGIN");
    },
  },
  {
    what: "others take all connections",
    async strike(stage) {
      const others = await takeConnections(stage);
      await stage.untilMet("53300");
      await Promise.all(others.map((client) => client.end()));
    },
  },
];

/** How long nobody has logged in before that counts as shut out, in milliseconds. */
const SHUT_OUT_MS = 2000;

/**
 * Ends connections until the copier has met the SQLSTATE, or none has come back for a while: if all
 * lanes ask about a doubt, no attempt meets anything.
 */
async function shutOut(stage: Stage, sqlState: string): Promise<void> {
  let lastSeen = Date.now();
  await patiently(async () => {
    await sleep(200);
    if ((await disconnect(stage)) > 0) {
      lastSeen = Date.now();
    }
    return stage.met.has(sqlState) || Date.now() - lastSeen > SHUT_OUT_MS;
  }, `the copier meets ${sqlState}`);
}

/** Superusers have places of their own, which sessions that are just ending may still take. */
function unlessFull(error: unknown): void {
  if ((error as { code?: unknown }).code !== "53300") {
    throw error;
  }
}

/** Connections of another role, as many as the server has, so that none of ours is left. */
async function takeConnections(stage: Stage): Promise<Client[]> {
  const others: Client[] = [];
  while (!stage.met.has("53300")) {
    const client = new Client(stage.scene.guestUrl);
    try {
      await client.connect();
      others.push(client);
    } catch {
      // Now it is ours that come too late.
      await disconnect(stage).catch(unlessFull);
    }
  }
  return others;
}
