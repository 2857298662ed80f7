import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, text, type Rejection } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

/** Ends every backend that waits for a lock on the table. */
async function terminateWaiting(name: string, count: number): Promise<void> {
  await eventually(async () => {
    const rows = await db.rows(
      `SELECT pid FROM pg_locks WHERE relation = '${db.schema}.${name}'::regclass AND NOT granted`,
    );
    return rows.length === count;
  }, "the COPYs wait for the lock");
  await db.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE relation = '${db.schema}.${name}'::regclass AND NOT granted`,
  );
}

describe("a failed batch", () => {
  it("does not stop the ones after it", async () => {
    const { name, copier } = await db.openCopier({ maxBatchRows: 10, connections: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (note <> 'bad')`);
    const rows = Array.from({ length: 50 }, (_, id) => numberedRow(id));
    rows[15]!.note = "bad";
    await copier.sendMany(rows);
    await assert.rejects(copier.flush(), { count: 10 });
    const found = await db.rows<{ id: number }>(`SELECT id FROM ${db.schema}.${name} ORDER BY id`);
    assert.deepEqual(
      found.map(({ id }) => id),
      rows.map(({ id }) => id).filter((id) => id < 10 || id >= 20),
    );
    await copier.close();
  });

  it("is reported when the table is gone, and the copier goes on when it is back", async () => {
    const { name, copier } = await db.openCopier();
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} RENAME TO elsewhere`);
    await assert.rejects(copier.insert(numberedRow(0)), { sqlState: "42P01" });
    await db.pool.query(`ALTER TABLE ${db.schema}.elsewhere RENAME TO ${name}`);
    await copier.insert(numberedRow(0));
    await copier.close();
    await assertNumberedRows(db, name, 1);
  });

  it("stops sending when the server refuses early in a large batch", async () => {
    const proxy = await FaultProxy.start();
    const { name, copier } = await db.openCopier({
      databaseUrl: proxy.url,
      maxBatchBytes: 64 * 1024 * 1024,
      flushIntervalMs: 60_000,
      connections: 1,
    });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id > 0)`);
    const wide = "w".repeat(100_000);
    await copier.sendMany(Array.from({ length: 300 }, (_, id) => ({ id, note: wide })));
    await assert.rejects(copier.flush(), { count: 300 });
    assert.ok(proxy.sentBytes < 25_000_000, `${proxy.sentBytes} of 30 000 000 bytes were sent`);
    await copier.insert({ id: 1, note: "after" });
    // A refusal does not cost the connection.
    await copier.close();
    await proxy.close();
  });
});

describe("a lost connection", () => {
  it("before the commit hands the rows back, surely not committed", async () => {
    const rejections: Rejection[] = [];
    const { name, copier } = await db.openCopier({
      connections: 1,
      onReject: (rejection) => void rejections.push(rejection),
    });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name}`);
    await copier.send(numberedRow(0));
    const insert = assert.rejects(copier.insert(numberedRow(1)), { code: "UNDELIVERED" });
    await terminateWaiting(name, 1);
    await copier.flush();
    await insert;
    assert.deepEqual(
      rejections.map(({ row, error }) => [row, error.code]),
      [[numberedRow(0), "UNDELIVERED"]],
    );
    await client.query("COMMIT");
    client.release();
    // The next batch goes over a new connection.
    await copier.insert(numberedRow(0));
    await copier.close();
    await assertNumberedRows(db, name, 1);
  });

  it("during the commit leaves the rows in doubt, and says so with the transaction", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    // The commit waits for an advisory lock that a deferred trigger takes.
    await db.pool.query(`
      CREATE FUNCTION ${db.schema}.wait() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON ${db.schema}.${name}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${db.schema}.wait()`);
    const client = await db.pool.connect();
    await client.query("SELECT pg_advisory_lock(4711)");
    const insert = copier.insert(numberedRow(0)).catch((error: unknown) => error);
    await copier.send(numberedRow(1));
    await eventually(async () => {
      const waiting = await db.rows("SELECT FROM pg_locks WHERE objid = 4711 AND NOT granted");
      return waiting.length === 1;
    }, "the commit waits");
    await db.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = 4711 AND NOT granted",
    );
    const error = (await insert) as Error & { code: string; xid: string };
    assert.equal(error.code, "OUTCOME_UNKNOWN");
    const [status] = await db.rows<{ status: string }>(
      "SELECT pg_xact_status($1::xid8) AS status",
      [error.xid],
    );
    assert.equal(status?.status, "aborted");
    await assert.rejects(copier.flush(), { count: 1 });
    assert.equal(copier.stats.rowsInDoubt, 2);
    await client.query("SELECT pg_advisory_unlock(4711)");
    client.release();
    await copier.close();
    await assertNumberedRows(db, name, 0);
  });

  it("while idle goes unnoticed", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    await copier.insert(numberedRow(0));
    await db.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'batch-copy' AND query LIKE '%"${db.schema}"."${name}"%'`,
    );
    await eventually(async () => {
      const left = await db.rows(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'batch-copy' AND query LIKE '%"${db.schema}"."${name}"%'`,
      );
      return left.length === 0;
    }, "the backend is gone");
    await new Promise((resolve) => setTimeout(resolve, 20));
    await copier.insert(numberedRow(1));
    await copier.close();
    await assertNumberedRows(db, name, 2);
  });

  it("of a client with query_timeout ends the batch, and later ones go on", async () => {
    const { Pool } = await import("pg");
    const definition = await db.create("timed", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1, query_timeout: 200 });
    const copier = await Copier.connect(definition, { pool });
    await copier.insert(numberedRow(0));
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.timed`);
    await assert.rejects(copier.insert(numberedRow(1)), { code: "UNDELIVERED" });
    await client.query("COMMIT");
    client.release();
    await copier.insert(numberedRow(1));
    // A timer that was not ended would strike now.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await copier.insert(numberedRow(2));
    await copier.close();
    await pool.end();
    await assertNumberedRows(db, "timed", 3);
  });
});
