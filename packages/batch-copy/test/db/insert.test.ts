import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  BatchCopyError,
  Copier,
  int4,
  RowRejectedError,
  table,
  text,
  TimeoutError,
  type CopierOptions,
  type Rejection,
} from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

describe("insert", () => {
  it("resolves when the row can be read by others, without waiting for a timer", async () => {
    const lone = await db.create("lone", { id: int4, note: text });
    await using copier = await Copier.connect(lone, { databaseUrl, flushIntervalMs: 60_000 });
    for (let id = 0; id < 20; id++) {
      await copier.insert(numberedRow(id));
      await assertNumberedRows(db, "lone", id + 1);
    }
    assert.equal(copier.stats.batchesCommitted, 20);
  });

  it("gathers the rows of concurrent callers", async () => {
    const many = await db.create("many", { id: int4, note: text });
    await using copier = await Copier.connect(many, { databaseUrl });
    let next = 0;
    await Promise.all(
      Array.from({ length: 256 }, async () => {
        while (next < 20_000) {
          await copier.insert(numberedRow(next++));
        }
      }),
    );
    await assertNumberedRows(db, "many", 20_000);
    const { batchesCommitted } = copier.stats;
    assert.ok(batchesCommitted < 1000, `${batchesCommitted} batches for 20 000 rows`);
  });

  it("rejects with what the server says", async () => {
    await db.create("unique_ids", { id: int4, note: text });
    await db.pool.query(
      `ALTER TABLE ${db.schema}.unique_ids ADD CONSTRAINT ids_are_unique UNIQUE (id)`,
    );
    const definition = await connectTo("unique_ids");
    await using copier = definition;
    const row = numberedRow(1);
    await copier.insert(row);
    await assert.rejects(copier.insert(row), (error: RowRejectedError) => {
      assert.ok(error instanceof RowRejectedError);
      const { sqlState, constraint, detail, table: name, code } = error;
      assert.deepEqual(
        [sqlState, constraint, name, code],
        ["23505", "ids_are_unique", "unique_ids", "ROW_REJECTED"],
      );
      assert.match(detail ?? "", /Key \(id\)=\(1\) already exists/);
      assert.deepEqual(error.row, row);
      assert.match((error.cause as Error).message, /duplicate key/);
      return true;
    });
    // Its refusal is told to its caller alone.
    await copier.flush();
    await copier.insert(numberedRow(2));
    assert.equal(copier.stats.rowsRejected, 1);
  });

  it("rejects with the error of a deferred constraint, which comes with the commit", async () => {
    await db.create("deferred", { id: int4, note: text });
    await db.pool.query(
      `ALTER TABLE ${db.schema}.deferred ADD UNIQUE (id) DEFERRABLE INITIALLY DEFERRED`,
    );
    await using copier = await connectTo("deferred");
    await copier.insert(numberedRow(1));
    await assert.rejects(copier.insert(numberedRow(1)), { sqlState: "23505" });
    assert.equal(copier.stats.rowsCommitted, 1);
  });

  it("resolves for a row that a trigger swallows, as INSERT does, and counts it", async () => {
    await db.create("swallowing", { id: int4, note: text });
    await db.pool.query(`
      CREATE FUNCTION ${db.schema}.swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER swallow BEFORE INSERT ON ${db.schema}.swallowing
      FOR EACH ROW WHEN (NEW.id < 0) EXECUTE FUNCTION ${db.schema}.swallow()`);
    await using copier = await connectTo("swallowing");
    await Promise.all([copier.insert({ id: -1, note: "" }), copier.insert({ id: 1, note: "" })]);
    const { rowsCommitted, rowsSkipped, rowsBuffered } = copier.stats;
    assert.deepEqual([rowsCommitted, rowsSkipped, rowsBuffered], [1, 1, 0]);
  });

  it("refuses a timeout that is none", async () => {
    await db.create("timeouts", { id: int4, note: text });
    await using copier = await connectTo("timeouts");
    for (const timeoutMs of [Number.NaN, -1, 2 ** 31, "5", null, {}]) {
      await assert.rejects(copier.insert(numberedRow(0), { timeoutMs: timeoutMs as number }), {
        code: "INVALID_OPTION",
        message: /timeoutMs must be from 0 to 2147483647/,
      });
    }
    assert.equal(copier.stats.rowsAccepted, 0);
    for (const timeoutMs of [undefined, Infinity, 2 ** 31 - 1]) {
      await copier.insert(numberedRow(0), { timeoutMs });
    }
  });

  it("is encoded at once, and refuses a bad row like send", async () => {
    await db.create("bad", { id: int4, note: text });
    await using copier = await connectTo("bad");
    await assert.rejects(copier.insert({ id: 0.5, note: "" }), { code: "ENCODE_FAILED" });
    await assert.rejects(copier.insert(numberedRow(0), { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
    assert.equal(copier.stats.rowsAccepted, 0);
  });
});

describe("insert with a deadline", () => {
  /** A copier to a table that is locked until `unlock` is called. Negative ids are refused. */
  async function lockedTable(name: string, options: CopierOptions = {}) {
    await db.create(name, { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id >= 0)`);
    const copier = await connectTo(name, options);
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name}`);
    return {
      copier,
      unlock: async () => {
        await client.query("COMMIT");
        client.release();
      },
    };
  }

  it("gives up in time, and the row is written later", async () => {
    const { copier, unlock } = await lockedTable("late");
    const { signal } = new AbortController();
    await assert.rejects(copier.insert(numberedRow(0), { timeoutMs: 50, signal }), (error) => {
      assert.ok(error instanceof TimeoutError && error instanceof BatchCopyError);
      assert.deepEqual([error.name, error.code, error.accepted], ["TimeoutError", "TIMEOUT", true]);
      return true;
    });
    const controller = new AbortController();
    const inserted = copier.insert(numberedRow(1), { signal: controller.signal });
    controller.abort("enough");
    await assert.rejects(inserted, (reason) => reason === "enough");
    await unlock();
    await copier.close();
    await assertNumberedRows(db, "late", 2);
  });

  it("withdraws a row that waits for room: it is not written", async () => {
    const { copier, unlock } = await lockedTable("full", { maxBufferedBytes: 1000 });
    const large = copier.insert({ id: 0, note: "x".repeat(1000) });
    const refused = copier.insert(numberedRow(1), { timeoutMs: 50 });
    await assert.rejects(refused, { code: "TIMEOUT", accepted: false });
    await unlock();
    await large;
    await copier.close();
    assert.deepEqual(await db.rows(`SELECT id FROM ${db.schema}.full`), [{ id: 0 }]);
  });

  it("hands a row that it has given up to onReject, if the server refuses it", async () => {
    const rejections: Rejection[] = [];
    const { copier, unlock } = await lockedTable("given_up", {
      onReject: (rejection) => void rejections.push(rejection),
    });
    const bad = { id: -1, note: "bad" };
    const given = copier.insert(bad, { timeoutMs: 50 });
    const patient = assert.rejects(copier.insert({ id: -2, note: "bad too" }), {
      sqlState: "23514",
    });
    await assert.rejects(given, { code: "TIMEOUT", accepted: true });
    await unlock();
    await patient;
    await copier.flush();
    assert.deepEqual(
      rejections.map(({ row, error }) => [row, error.code]),
      [[bad, "ROW_REJECTED"]],
    );
    await copier.close();
  });

  it("reports a row that it has given up by flush(), if there is no onReject", async () => {
    const { copier, unlock } = await lockedTable("reported");
    const given = copier.insert({ id: -1, note: "bad" }, { timeoutMs: 50 });
    const inTime = assert.rejects(copier.insert({ id: -2, note: "bad" }, { timeoutMs: 60_000 }), {
      code: "ROW_REJECTED",
    });
    await assert.rejects(given, { code: "TIMEOUT", accepted: true });
    await unlock();
    await assert.rejects(copier.flush(), { code: "ROWS_REJECTED", count: 1 });
    await inTime;
    await copier.close();
  });

  it("hands a row that it has given up back by close(), if it is given up too", async () => {
    const { copier, unlock } = await lockedTable("closed");
    const given = copier.insert(numberedRow(0), { timeoutMs: 20 });
    await assert.rejects(given, { code: "TIMEOUT", accepted: true });
    await assert.rejects(copier.close({ timeoutMs: 20 }), {
      code: "UNDELIVERED",
      rows: [numberedRow(0)],
    });
    await unlock();
  });
});

async function connectTo(name: string, options: CopierOptions = {}) {
  const definition = table(name, { id: int4, note: text }, { schema: db.schema });
  return Copier.connect(definition, { databaseUrl, ...options });
}
