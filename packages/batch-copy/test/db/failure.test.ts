import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, text, type Rejection, type RowsRejectedError } from "../../dist/index.js";
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

describe("a refused row", () => {
  it("comes back alone; the others of its batch and those after it are committed", async () => {
    const { name, copier } = await db.openCopier({ maxBatchRows: 10, connections: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (note <> 'bad')`);
    const rows = Array.from({ length: 50 }, (_, id) => numberedRow(id));
    rows[15]!.note = "bad";
    await copier.sendMany(rows);
    await assert.rejects(copier.flush(), (error: RowsRejectedError) => {
      assert.equal(error.count, 1);
      assert.deepEqual(error.rejections[0]?.row, rows[15]);
      return true;
    });
    const found = await db.rows<{ id: number }>(`SELECT id FROM ${db.schema}.${name} ORDER BY id`);
    assert.deepEqual(
      found.map(({ id }) => id),
      rows.map(({ id }) => id).filter((id) => id !== 15),
    );
    await copier.flush();
    await copier.close();
    assert.equal(copier.stats.rowsRejected, 1);
  });

  it("of an AFTER trigger is not taken for the row with the number of the trigger's line", async () => {
    const rejected: unknown[] = [];
    const { name, copier } = await db.openCopier({
      onReject: ({ row }) => void rejected.push(row),
    });
    await db.pool.query(`
      CREATE FUNCTION ${db.schema}.${name}_audit() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.id = 7 THEN
            RAISE 'no seven';
          END IF;
          RETURN NULL;
        END $$;
      CREATE TRIGGER audit AFTER INSERT ON ${db.schema}.${name}
        FOR EACH ROW EXECUTE FUNCTION ${db.schema}.${name}_audit()`);
    await copier.sendMany(Array.from({ length: 10 }, (_, id) => numberedRow(id)));
    await copier.close();
    assert.deepEqual(rejected, [numberedRow(7)]);
  });

  it("by an error that may have nothing to do with it is tried again after others", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    await db.pool.query(`
      CREATE SEQUENCE ${db.schema}.attempts;
      CREATE FUNCTION ${db.schema}.not_ready() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF nextval('${db.schema}.attempts') < 6 THEN
            RAISE 'not ready' USING ERRCODE = 'object_not_in_prerequisite_state';
          END IF;
          RETURN NULL;
        END $$;
      CREATE TRIGGER not_ready BEFORE INSERT ON ${db.schema}.${name}
        FOR EACH STATEMENT EXECUTE FUNCTION ${db.schema}.not_ready()`);
    await copier.sendMany(Array.from({ length: 4 }, (_, id) => numberedRow(id)));
    await copier.close();
    await assertNumberedRows(db, name, 4);
  });

  it("rejects its own insert() alone", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id <> 3)`);
    const inserts = Array.from({ length: 6 }, (_, id) => copier.insert(numberedRow(id)));
    const results = await Promise.allSettled(inserts);
    assert.deepEqual(
      results.map(({ status }) => status),
      results.map((_, id) => (id === 3 ? "rejected" : "fulfilled")),
    );
    await copier.close();
  });

  it("early in a large batch stops the sending of what the server would drop", async () => {
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
    await assert.rejects(copier.flush(), { count: 1 });
    assert.ok(proxy.sentBytes < 55_000_000, `30 MB were sent as ${proxy.sentBytes} bytes`);
    await copier.insert({ id: 1, note: "after" });
    await copier.close();
    await proxy.close();
  });
});

describe("a table that is gone", () => {
  it("keeps the rows until it is back, and says so", async () => {
    const { name, copier } = await db.openCopier({ retry: { minDelayMs: 5, maxDelayMs: 20 } });
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", listen);
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} RENAME TO elsewhere`);
    const insert = copier.insert(numberedRow(0));
    await eventually(() => copier.stats.retries > 2, "it was tried again");
    await db.pool.query(`ALTER TABLE ${db.schema}.elsewhere RENAME TO ${name}`);
    await insert;
    await copier.close();
    process.off("warning", listen);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /rows are kept .* it does not exist/s);
    await assertNumberedRows(db, name, 1);
  });

  it("or has another shape is named column by column", async () => {
    const { name, copier } = await db.openCopier({ retry: { maxDelayMs: 50, timeoutMs: 100 } });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} DROP COLUMN note`);
    await assert.rejects(copier.insert(numberedRow(0)), (error: Error & { cause: Error }) => {
      assert.equal((error as { code?: string }).code, "UNDELIVERED");
      assert.match(error.cause.message, /column "note" does not exist/);
      return true;
    });
    await copier.close();
  });
});

describe("a connection that takes no more bytes", () => {
  it("is cut also when the server has answered by then", async () => {
    const place = { direction: "toServer", byte: 1_000_000 } as const;
    await using proxy = await FaultProxy.start((connection) =>
      connection === 0 ? { at: place, fault: "stall" } : undefined,
    );
    const { name, copier } = await db.openCopier({
      databaseUrl: proxy.url,
      connections: 1,
      copyTimeoutMs: 200,
      maxBatchBytes: 64 * 1024 * 1024,
      maxBufferedBytes: 128 * 1024 * 1024,
      flushIntervalMs: 60_000,
    });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id > 0)`);
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name}`);
    // More than the system's buffers hold.
    const wide = "w".repeat(100_000);
    await copier.sendMany(Array.from({ length: 400 }, (_, id) => ({ id, note: wide })));
    const flush = assert.rejects(copier.flush(), { code: "ROWS_REJECTED", count: 1 });
    await eventually(() => proxy.faults.length === 1, "the connection stands still");
    await client.query("COMMIT");
    client.release();
    await flush;
    await copier.close();
    const [found] = await db.rows(`SELECT count(*)::int AS n FROM ${db.schema}.${name}`);
    assert.deepEqual(found, { n: 399 });
  });
});

describe("a lost connection", () => {
  it("before the commit has its rows written over another one", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name}`);
    await copier.send(numberedRow(0));
    const insert = copier.insert(numberedRow(1));
    await terminateWaiting(name, 1);
    await eventually(() => copier.stats.retries === 1, "it is tried again");
    await client.query("COMMIT");
    client.release();
    await insert;
    await copier.close();
    await assertNumberedRows(db, name, 2);
  });

  it("hands the rows back when retry.timeoutMs is over, surely not committed", async () => {
    const rejections: Rejection[] = [];
    const { name, copier } = await db.openCopier({
      connections: 1,
      retry: { timeoutMs: 0 },
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

  it("during the commit is asked about, and what was not committed is written again", async () => {
    const { name, copier } = await db.openCopier({ connections: 1 });
    // The commit waits for an advisory lock that a deferred trigger takes.
    await db.pool.query(`
      CREATE FUNCTION ${db.schema}.wait() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON ${db.schema}.${name}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${db.schema}.wait()`);
    const client = await db.pool.connect();
    await client.query("SELECT pg_advisory_lock(4711)");
    const insert = copier.insert(numberedRow(0));
    await copier.send(numberedRow(1));
    await eventually(async () => {
      const waiting = await db.rows("SELECT FROM pg_locks WHERE objid = 4711 AND NOT granted");
      return waiting.length === 1;
    }, "the commit waits");
    await db.rows(
      "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE objid = 4711 AND NOT granted",
    );
    await eventually(() => copier.stats.inDoubtAborted === 1, "the server was asked");
    await client.query("SELECT pg_advisory_unlock(4711)");
    client.release();
    await insert;
    await copier.close();
    await assertNumberedRows(db, name, 2);
  });

  it("during the commit is reported if an operator is needed to ask about it", async () => {
    const name = "doubtful_login";
    const definition = await db.create(name, { id: int4, note: text });
    const role = `${db.schema}_login`;
    await db.pool.query(`
      CREATE ROLE ${role} LOGIN PASSWORD 'secret';
      GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT INSERT ON ${db.schema}.${name} TO ${role};
      CREATE FUNCTION ${db.schema}.wait_for_login() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_advisory_xact_lock(4713); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON ${db.schema}.${name}
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ${db.schema}.wait_for_login()`);
    const url = new URL(databaseUrl);
    url.username = role;
    url.password = "secret";
    const copier = await Copier.connect(definition, { databaseUrl: url.href, connections: 1 });
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on("warning", listen);
    const client = await db.pool.connect();
    await client.query("SELECT pg_advisory_lock(4713)");
    const insert = copier.insert(numberedRow(0));
    const waiting = "FROM pg_locks WHERE objid = 4713 AND NOT granted";
    await eventually(async () => (await db.rows(`SELECT ${waiting}`)).length === 1, "it waits");
    await client.query(`ALTER ROLE ${role} NOLOGIN; SELECT pg_terminate_backend(pid) ${waiting}`);
    await eventually(() => warnings.length > 0, "a warning is given");
    assert.match(warnings[0]!, /outcome of a commit is unknown .* is not permitted to log in/);
    await client.query(`ALTER ROLE ${role} LOGIN; SELECT pg_advisory_unlock(4713)`);
    client.release();
    await insert;
    await copier.close();
    process.off("warning", listen);
    await assertNumberedRows(db, name, 1);
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
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

  it("of a client with query_timeout is one more try, and no timer strikes later", async () => {
    const { Pool } = await import("pg");
    const definition = await db.create("timed", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1, query_timeout: 200 });
    const copier = await Copier.connect(definition, { pool });
    await copier.insert(numberedRow(0));
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.timed`);
    const insert = copier.insert(numberedRow(1));
    await eventually(() => copier.stats.retries > 0, "the timeout has struck");
    await client.query("COMMIT");
    client.release();
    await insert;
    // A timer that was not ended would strike now.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await copier.insert(numberedRow(2));
    await copier.close();
    await pool.end();
    await assertNumberedRows(db, "timed", 3);
  });
});
