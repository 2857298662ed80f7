import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, RowRejectedError, text } from "../../dist/index.js";
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

async function connectTo(name: string) {
  const { table } = await import("../../dist/index.js");
  return Copier.connect(table(name, { id: int4, note: text }, { schema: db.schema }), {
    databaseUrl,
  });
}
