import { Client } from "pg";

import { patiently } from "./patiently.js";
import type { Stage } from "./stage.js";

/** A table of a scene, and how to reach the server. */
type Held = Pick<Stage, "scene" | "name" | "sql">;

/** Lets commits wait before anything of them is in the log, until it is disposed of. */
export async function holdCommits(stage: Held): Promise<AsyncDisposable> {
  const client = new Client(stage.scene.server.url);
  // The server may be killed meanwhile, which ends the waiting too.
  client.on("error", () => {});
  await client.connect();
  await client.query("SELECT pg_advisory_lock(4711)");
  await stage.sql(`
    CREATE OR REPLACE FUNCTION ${stage.name}_hold() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON ${stage.name} DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION ${stage.name}_hold()`);
  await patiently(async () => {
    const waiting = await stage.sql("SELECT FROM pg_locks WHERE objid = 4711 AND NOT granted");
    return waiting.length > 0;
  }, "commits wait");
  return {
    async [Symbol.asyncDispose]() {
      await client.end();
      // It waits for the commits to end.
      await stage.sql(`DROP TRIGGER hold ON ${stage.name}`);
    },
  };
}

/** Holds back the answers to commits that are under way, and lets the server end them. */
export async function holdAnswers(stage: Held): Promise<void> {
  await using _ = await holdCommits(stage);
  stage.scene.proxy.strike("stall", ({ phase }) => phase === "committing");
}

/** Cuts connections during commits, and lets these end when somebody waits to read the ledger. */
export async function commitLate(stage: Held): Promise<void> {
  await using _ = await holdCommits(stage);
  stage.scene.proxy.strike("cut");
  await patiently(async () => {
    const waiting = await stage.sql(
      "SELECT FROM pg_stat_activity WHERE usename = 'writer' AND wait_event IN ('transactionid', 'tuple')",
    );
    return waiting.length > 0;
  }, "somebody waits for a row of the ledger");
}
