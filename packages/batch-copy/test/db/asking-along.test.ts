import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Client, Pool, type ClientBase } from "pg";

import { databaseUrl, useDatabase } from "../helpers/database.js";
import { startHostedServer } from "../helpers/hosted-server.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

/** A pool whose clients have another backend than they were told at the login, as behind a pooler. */
function poolAsBehindPooler(connectionString: string): Pool {
  class Pooled extends Client {}
  Object.defineProperty(Pooled.prototype, "processID", { get: () => 1, set() {} });
  const Class = Pooled as unknown as new () => ClientBase;
  return new Pool({ connectionString, Client: Class, max: 1 });
}

describe("a batch that asks along for the incarnation, as behind a pooler,", () => {
  it("does without it when that is refused, over the same connection", async () => {
    const schema = "asks_along";
    await db.pool.query(`
      CREATE SCHEMA ${schema};
      CREATE FUNCTION ${schema}.pg_control_system(OUT system_identifier int8)
        AS 'SELECT system_identifier FROM pg_catalog.pg_control_system()' LANGUAGE sql`);
    await using hosted = await startHostedServer(databaseUrl, schema, ["pg_control_system"]);
    const pool = poolAsBehindPooler(hosted.url);
    const { copier, name } = await db.openCopier({
      databaseUrl: undefined,
      pool,
      connections: 1,
    });
    await copier.insert(numberedRow(0));
    await db.pool.query(`
      CREATE OR REPLACE FUNCTION ${schema}.pg_control_system(OUT system_identifier int8) LANGUAGE plpgsql
        AS $$BEGIN RAISE 'wal_level must be logical' USING ERRCODE = '55000'; END$$`);
    let removed = 0;
    pool.on("remove", () => removed++);
    await copier.insert(numberedRow(1));
    await copier.insert(numberedRow(2));
    assert.equal(copier.stats.retries, 0);
    assert.equal(removed, 0);
    await copier.close();
    await assertNumberedRows(db, name, 3);
    await pool.end();
    await db.pool.query(`DROP SCHEMA ${schema} CASCADE`);
  });
});
