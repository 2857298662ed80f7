import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";

import { Copier, int4, text, timestamptz, uuid } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";

const db = useDatabase();

describe("a default of the client's", () => {
  it("fills a row that leaves it out, also in a row that waits, and a rejected row comes back with it", async () => {
    let made = 0;
    const definition = await db.create("events", {
      id: uuid.default(randomUUID),
      n: int4.default(() => ++made),
      at: timestamptz.default(() => new Date(0)),
      note: text.nullable().default(() => "none"),
    });
    await db.pool.query(`ALTER TABLE ${db.schema}.events ADD CHECK (n <> 3)`);
    await using copier = await Copier.connect(definition, { databaseUrl, maxBufferedBytes: 1 });
    const id = randomUUID();
    const rejected = assert.rejects(copier.insert({ id, n: 3, note: null }), {
      row: { id, n: 3, at: "1970-01-01T00:00:00Z", note: null },
    });
    await Promise.all([copier.insert({}), copier.insert({ note: null }), copier.insert({ n: 9 })]);
    await rejected;
    const rows = await db.rows(
      `SELECT n, at, note FROM ${db.schema}.events WHERE id IS NOT NULL ORDER BY n`,
    );
    const at = new Date(0);
    assert.deepEqual(rows, [
      { n: 1, at, note: "none" },
      { n: 2, at, note: null },
      { n: 9, at, note: "none" },
    ]);
  });
});
