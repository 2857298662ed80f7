import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";

import { Pool, type PoolClient } from "pg";

import { ClosedError, Copier, int4, text, UndeliveredError } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

/** Holds a lock on the table, so that COPY waits, until `release`. */
async function lockTable(
  name: string,
): Promise<{ release(): Promise<void>; drop(): Promise<void> }> {
  const client: PoolClient = await db.pool.connect();
  await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name}`);
  return {
    async release() {
      await client.query("COMMIT");
      client.release();
    },
    async drop() {
      await client.query(`DROP TABLE ${db.schema}.${name}; COMMIT`);
      client.release();
    },
  };
}

describe("close", () => {
  it("flushes; afterwards every call gets a ClosedError, and close may be called again", async () => {
    const { name, copier } = await db.openCopier({ flushIntervalMs: 60_000 });
    await copier.send(numberedRow(0));
    const closing = copier.close();
    await assert.rejects(copier.send(numberedRow(1)), ClosedError);
    await closing;
    await copier.close();
    await assertNumberedRows(db, name, 1);
    await assert.rejects(copier.send(numberedRow(1)), /the copier is closed/);
    await assert.rejects(copier.insert(numberedRow(1)), ClosedError);
    await assert.rejects(copier.sendMany([numberedRow(1)]), ClosedError);
    await copier.flush();
  });

  it("is what await using calls", async () => {
    const definition = await db.create("disposed", { id: int4, note: text });
    {
      await using copier = await Copier.connect(definition, { databaseUrl });
      await copier.send(numberedRow(0));
    }
    await assertNumberedRows(db, "disposed", 1);
  });

  it("rejects with refused rows, and closes the connections all the same", async () => {
    const { name, copier } = await db.openCopier();
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id > 0)`);
    await copier.send(numberedRow(0));
    await assert.rejects(copier.close(), { code: "ROWS_REJECTED", count: 1 });
    await eventually(async () => {
      const [found] = await db.rows<{ n: number }>(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%' || $1 || '%' AND query LIKE '%COPY%' AND pid <> pg_backend_pid()",
        [`"${db.schema}"."${name}"`],
      );
      return found?.n === 0;
    }, "the connections are gone");
  });

  it("during backpressure sends away who waits for room, and delivers what was accepted", async () => {
    const { name, copier } = await db.openCopier({ maxBufferedBytes: 1000 });
    const lock = await lockTable(name);
    const sends = Promise.allSettled(
      Array.from({ length: 500 }, (_, id) => copier.send(numberedRow(id))),
    );
    const closing = copier.close();
    await lock.release();
    const results = await sends;
    await closing;
    const accepted = results.filter(({ status }) => status === "fulfilled").length;
    assert.ok(accepted > 0 && accepted < 500, `${accepted} accepted`);
    for (const result of results.slice(accepted)) {
      assert.ok(result.status === "rejected" && result.reason instanceof ClosedError);
    }
    await assertNumberedRows(db, name, accepted);
  });

  it("ends in time when the server is stalled, and hands every row back", async () => {
    const { name, copier } = await db.openCopier({ maxBatchRows: 10 });
    const lock = await lockTable(name);
    await copier.sendMany(Array.from({ length: 95 }, (_, id) => numberedRow(id)));
    const insert = assert.rejects(copier.insert(numberedRow(95)), { code: "UNDELIVERED" });
    const flush = assert.rejects(copier.flush(), UndeliveredError);
    const start = Date.now();
    await assert.rejects(copier.close({ timeoutMs: 100 }), (error: UndeliveredError) => {
      assert.ok(error instanceof UndeliveredError);
      const inDoubt = error.inDoubt.flatMap(({ rows }) => rows);
      assert.equal(error.count, 95);
      assert.deepEqual(
        [...error.rows, ...inDoubt]
          .map((row) => (row as { id: number }).id)
          .toSorted((a, b) => a - b),
        Array.from({ length: 95 }, (_, id) => id),
      );
      return true;
    });
    assert.ok(Date.now() - start < 1000);
    await Promise.all([insert, flush]);
    await lock.release();
  });

  it("hands back the rows that a hanging onReject has not taken", async () => {
    const { name, copier } = await db.openCopier({ onReject: () => new Promise<void>(() => {}) });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id > 1000)`);
    await copier.sendMany([numberedRow(0), numberedRow(1)]);
    await assert.rejects(copier.close({ timeoutMs: 200 }), (error: UndeliveredError) => {
      assert.deepEqual(error.rows, [numberedRow(0), numberedRow(1)]);
      return true;
    });
  });

  it("after its time settles everything: stats add up, flush and a stream's end are over", async () => {
    const { name, copier } = await db.openCopier();
    const lock = await lockTable(name);
    await copier.send(numberedRow(0));
    await assert.rejects(copier.close({ timeoutMs: 50 }), UndeliveredError);
    await copier.flush();
    const stream = copier.writable();
    await new Promise<void>((resolve) => stream.end(resolve));
    const { rowsAccepted, rowsRejected, rowsBuffered, bytesBuffered } = copier.stats;
    assert.deepEqual([rowsAccepted, rowsRejected, rowsBuffered, bytesBuffered], [1, 1, 0, 0]);
    await lock.release();
  });

  it("may be given a time twice: what is handed back counts once", async () => {
    const { name, copier } = await db.openCopier();
    const lock = await lockTable(name);
    // So many that handing them back takes several turns of the event loop.
    const count = 9000;
    await copier.sendMany(Array.from({ length: count }, (_, id) => numberedRow(id)));
    const closings = [copier.close({ timeoutMs: 50 }), copier.close({ timeoutMs: 50 })];
    for (const closing of closings) {
      await assert.rejects(closing, { count });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { rowsRejected, rowsBuffered, bytesBuffered } = copier.stats;
    assert.deepEqual([rowsRejected, rowsBuffered, bytesBuffered], [count, 0, 0]);
    await lock.release();
  });

  it("may be given a time after it was called", async () => {
    const { name, copier } = await db.openCopier();
    const lock = await lockTable(name);
    await copier.send(numberedRow(0));
    const first = assert.rejects(copier.close(), UndeliveredError);
    await assert.rejects(copier.close({ timeoutMs: 50 }), UndeliveredError);
    await first;
    await lock.release();
  });

  it("that gives up also tells of rows that were refused before", async () => {
    const { name, copier } = await db.openCopier({ maxBatchRows: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id <> 13)`);
    await copier.send(numberedRow(13));
    await eventually(() => copier.stats.rowsRejected === 1, "the row is refused");
    const lock = await lockTable(name);
    await copier.send(numberedRow(1));
    await assert.rejects(copier.close({ timeoutMs: 100 }), (error: UndeliveredError) => {
      assert.equal(error.count, 1);
      const { cause } = error as { cause?: { count: number; code: string } };
      assert.deepEqual([cause?.code, cause?.count], ["ROWS_REJECTED", 1]);
      return true;
    });
    await lock.release();
  });

  it("that gives up keeps rows in doubt apart, also those that wait for onReject", async () => {
    const { name, copier } = await db.openCopier({
      connections: 1,
      onReject: () => new Promise<void>(() => {}),
    });
    await db.pool.query(`
      CREATE FUNCTION ${db.schema}.hold() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock(4712); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON ${db.schema}.${name}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${db.schema}.hold()`);
    const client = await db.pool.connect();
    await client.query("SELECT pg_advisory_lock(4712)");
    await copier.sendMany([numberedRow(0), numberedRow(1)]);
    await eventually(async () => {
      const waiting = await db.rows("SELECT FROM pg_locks WHERE objid = 4712 AND NOT granted");
      return waiting.length === 1;
    }, "the commit waits");
    await db.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = 4712 AND NOT granted",
    );
    await assert.rejects(copier.close({ timeoutMs: 300 }), (error: UndeliveredError) => {
      assert.deepEqual(error.rows, []);
      assert.deepEqual(
        error.inDoubt.map(({ rows }) => rows),
        [[numberedRow(0), numberedRow(1)]],
      );
      return true;
    });
    await client.query("SELECT pg_advisory_unlock(4712)");
    client.release();
  });

  it("hands back a full buffer without stopping the event loop", async () => {
    const { name, copier } = await db.openCopier();
    const lock = await lockTable(name);
    const count = 300_000;
    await copier.sendMany(Array.from({ length: count }, (_, id) => numberedRow(id)));
    let longest = 0;
    let last = performance.now();
    const ticker = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    await assert.rejects(copier.close({ timeoutMs: 10 }), { count });
    clearInterval(ticker);
    assert.ok(longest < 500, `the event loop stood still for ${longest} ms`);
    await lock.release();
  });

  it("within its time ends like a close without one", async () => {
    const { name, copier } = await db.openCopier();
    await copier.send(numberedRow(0));
    await copier.close({ timeoutMs: 10_000 });
    await assertNumberedRows(db, name, 1);
  });

  it("ends in time while a lane waits for a connection", async () => {
    const definition = await db.create("no_connection", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const copier = await Copier.connect(definition, { pool, connectTimeoutMs: 60_000 });
    const client = await pool.connect();
    await copier.send(numberedRow(0));
    const start = Date.now();
    await assert.rejects(copier.close({ timeoutMs: 150 }), { count: 1 });
    assert.ok(Date.now() - start < 2000);
    client.release();
    await pool.query("SELECT 1");
    assert.equal(pool.idleCount, 1);
    await pool.end();
    await assertNumberedRows(db, "no_connection", 0);
  });

  it("ends in time while a connection is awaited to look at the table again", async () => {
    const definition = await db.create("looked_at", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const copier = await Copier.connect(definition, { pool, connectTimeoutMs: 60_000 });
    const lock = await lockTable("looked_at");
    await copier.send(numberedRow(0));
    await eventually(() => pool.idleCount === 0, "the batch is on its way");
    const taken = pool.connect();
    await db.rows("SELECT pg_sleep(0.1)");
    await lock.drop();
    const client = await taken;
    const start = Date.now();
    await assert.rejects(copier.close({ timeoutMs: 150 }), { count: 1 });
    assert.ok(Date.now() - start < 2000);
    client.release();
    await pool.end();
  });

  it("refuses a bad timeout", async () => {
    const { copier } = await db.openCopier();
    await assert.rejects(copier.close({ timeoutMs: -1 }), /timeoutMs must be from 0 to/);
    await copier.close();
  });

  it("leaves a pool open that was given", async () => {
    const definition = await db.create("given_pool", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 2 });
    const copier = await Copier.connect(definition, { pool });
    await copier.insert(numberedRow(0));
    await copier.close();
    const { rows } = await pool.query(`SELECT id FROM ${db.schema}.given_pool`);
    assert.deepEqual(rows, [{ id: 0 }]);
    assert.equal(pool.idleCount, pool.totalCount);
    await pool.end();
  });
});

describe("the process", () => {
  const program = (last: string): string => `
    import { Copier, int4, table, text } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
    const definition = table("exiting", { id: int4, note: text }, { schema: "${db.schema}" });
    const copier = await Copier.connect(definition);
    await copier.send({ id: 0, note: "row 0" });
    ${last}`;

  async function run(source: string): Promise<number | null> {
    const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
      env: { ...process.env, DATABASE_URL: databaseUrl },
      stdio: "inherit",
      timeout: 10_000,
    });
    const [code] = (await once(child, "exit")) as [number | null];
    return code;
  }

  it("exits by itself after close", async () => {
    await db.create("exiting", { id: int4, note: text });
    const start = Date.now();
    assert.equal(await run(program("await copier.close();")), 0);
    assert.ok(Date.now() - start < 5000);
    await assertNumberedRows(db, "exiting", 1);
  });

  it("that forgets to close delivers what was accepted, and exits", async () => {
    await db.pool.query(`TRUNCATE ${db.schema}.exiting`);
    assert.equal(await run(program("")), 0);
    await assertNumberedRows(db, "exiting", 1);
  });
});
