import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, it } from "node:test";

import { Copier, int4, text, type ClosedError } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

function* rows(count: number) {
  for (let id = 0; id < count; id++) {
    yield numberedRow(id);
  }
}

describe("writable", () => {
  it("ends a pipeline with a flush, and the copier stays open", async () => {
    const definition = await db.create("piped", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl, flushIntervalMs: 60_000 });
    await pipeline(Readable.from(rows(5000)), copier.writable());
    await assertNumberedRows(db, "piped", 5000);
    await copier.insert(numberedRow(5000));
    await assertNumberedRows(db, "piped", 5001);
  });

  it("serves web streams", async () => {
    const definition = await db.create("web", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl });
    await Readable.toWeb(Readable.from(rows(100))).pipeTo(Writable.toWeb(copier.writable()));
    await assertNumberedRows(db, "web", 100);
  });

  it("fails the pipeline at a bad row", async () => {
    const definition = await db.create("spoiled", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl });
    const spoiled = [numberedRow(0), { id: "one", note: "x" }, numberedRow(2)];
    await assert.rejects(pipeline(Readable.from(spoiled), copier.writable()), {
      code: "ENCODE_FAILED",
      column: "id",
    });
  });

  it("counts from the beginning of the stream in the error of a bad row", async () => {
    const definition = await db.create("counted", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl });
    for (const bad of [0, 1, 777]) {
      const spoiled = Array.from({ length: 1000 }, (_, id) => {
        return id === bad ? { id: "bad", note: "x" } : numberedRow(id);
      });
      await assert.rejects(pipeline(Readable.from(spoiled), copier.writable()), {
        code: "ENCODE_FAILED",
        index: bad,
        accepted: bad,
      });
    }
    const stream = copier.writable();
    stream.write(numberedRow(0));
    await new Promise((resolve) => stream.write(numberedRow(1), resolve));
    await copier.close();
    const failed = once(stream, "error");
    stream.write(numberedRow(2));
    const [error] = (await failed) as [ClosedError];
    assert.deepEqual([error.code, error.accepted], ["CLOSED", 2]);
  });

  it("fails the pipeline at the end when the server refuses rows", async () => {
    const definition = await db.create("refused", { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}.refused ADD CHECK (id < 50)`);
    await using copier = await Copier.connect(definition, { databaseUrl });
    await assert.rejects(pipeline(Readable.from(rows(60)), copier.writable()), {
      code: "ROWS_REJECTED",
      count: 10,
    });
  });
});
