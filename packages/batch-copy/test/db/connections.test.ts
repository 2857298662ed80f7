import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { Connections } from "../../dist/copy/connections.js";
import { Copier } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";

const db = useDatabase();

/** `pool.end()` does not wait for the server, which drops temporary tables at the session's end. */
function untilGone(role: string): Promise<void> {
  return eventually(async () => {
    const left = await db.rows("SELECT FROM pg_stat_activity WHERE usename = $1", [role]);
    return left.length === 0;
  }, "the session has ended");
}

describe("a connection on loan", () => {
  it("stays open after an ERROR: a temporary table would go with it", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const connections = new Connections({
      databaseUrl: undefined,
      connection: undefined,
      pool,
      connections: 1,
      connectTimeoutMs: 2000,
      needsXactId: true,
      poolTimeoutMs: 30_000,
      connectionLifetimeMs: 60_000,
    });
    await pool.query("CREATE TEMPORARY TABLE loan (id int)");
    await assert.rejects(
      connections.use((client) => client.query("SELECT 1 / 0")),
      { code: "CONNECT_FAILED" },
    );
    assert.deepEqual((await pool.query("SELECT * FROM loan")).rows, []);
    await pool.end();
  });

  it("is not waited for beyond connectTimeoutMs by a question about the connections in use", async () => {
    const role = `${db.schema}_asking`;
    await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x' CONNECTION LIMIT 1`);
    const url = Object.assign(new URL(databaseUrl), { username: role, password: "x" });
    const pool = new Pool({ connectionString: url.href, max: 1 });
    const connections = new Connections({
      databaseUrl: undefined,
      connection: undefined,
      pool,
      connections: 1,
      connectTimeoutMs: 100,
      needsXactId: true,
      poolTimeoutMs: 30_000,
      connectionLifetimeMs: 60_000,
    });
    const { release } = await connections.checkout();
    const start = Date.now();
    await assert.rejects(
      connections.useNew((client) => client.query("SELECT 1")),
      { message: /no free client within 100 ms/ },
    );
    assert.ok(Date.now() - start < 2000, `after ${Date.now() - start} ms`);
    release();
    await pool.end();
    await untilGone(role);
    await db.pool.query(`DROP ROLE ${role}`);
  });

  it("stays open for a temporary table if no other can tell what the server is doing", async () => {
    const role = `${db.schema}_single`;
    await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x' CONNECTION LIMIT 1`);
    const url = Object.assign(new URL(databaseUrl), { username: role, password: "x" });
    const pool = new Pool({ connectionString: url.href, max: 1, idleTimeoutMillis: 0 });
    await pool.query(`
      CREATE TEMPORARY TABLE slow (id int);
      CREATE FUNCTION pg_temp.slow_f() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_sleep(0.6); RETURN NEW; END $$;
      CREATE TRIGGER t BEFORE INSERT ON slow FOR EACH ROW EXECUTE FUNCTION pg_temp.slow_f()`);
    const timeouts = { copyTimeoutMs: 100, connectTimeoutMs: 200 };
    const copier = await Copier.connect("slow", { pool, connections: 1, ...timeouts });
    await copier.insert({ id: 1 });
    await copier.close();
    assert.deepEqual((await pool.query("SELECT * FROM slow")).rows, [{ id: 1 }]);
    await pool.end();
    await untilGone(role);
    await db.pool.query(`DROP ROLE ${role}`);
  });
});
