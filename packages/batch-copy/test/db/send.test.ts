import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { describe, it } from "node:test";

import { Copier, int4, json, text, type EncodeError } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

describe("send", () => {
  for (const producers of [1, 64, 2048]) {
    it(`delivers exactly the rows of ${producers} concurrent producers`, async () => {
      const { name, copier } = await db.openCopier();
      const count = 20_480;
      let next = 0;
      await Promise.all(
        Array.from({ length: producers }, async () => {
          while (next < count) {
            await copier.send(numberedRow(next++));
          }
        }),
      );
      await copier.close();
      await assertNumberedRows(db, name, count);
      assert.equal(copier.stats.rowsCommitted, count);
      assert.equal(copier.stats.rowsBuffered, 0);
    });
  }

  it("keeps the order of rows over one connection", async () => {
    const { name, copier } = await db.openCopier({ connections: 1, maxBatchRows: 100 });
    for (let id = 0; id < 5000; id++) {
      await copier.send(numberedRow(id));
    }
    await copier.close();
    const rows = await db.rows<{ id: number }>(`SELECT id FROM ${db.schema}.${name} ORDER BY ctid`);
    assert.deepEqual(
      rows.map(({ id }) => id),
      Array.from({ length: 5000 }, (_, id) => id),
    );
  });

  it("delivers a row without a flush, by the age of the batch", async () => {
    const { name, copier } = await db.openCopier({ flushIntervalMs: 20 });
    await copier.send(numberedRow(0));
    await eventually(() => copier.stats.rowsCommitted === 1, "the row is committed");
    await assertNumberedRows(db, name, 1);
    await copier.close();
  });

  it("closes a batch by rows, and by bytes", async () => {
    const { copier: byRows } = await db.openCopier({ maxBatchRows: 10, flushIntervalMs: 60_000 });
    await byRows.sendMany(Array.from({ length: 30 }, (_, id) => numberedRow(id)));
    await eventually(() => byRows.stats.batchesCommitted === 3, "three batches are committed");
    await byRows.close();
    const { copier: byBytes } = await db.openCopier({
      maxBatchBytes: 1000,
      flushIntervalMs: 60_000,
    });
    await byBytes.send({ id: 1, note: "x".repeat(1000) });
    await eventually(() => byBytes.stats.batchesCommitted === 1, "one batch is committed");
    await byBytes.close();
  });

  it("refuses a bad row for its sender, and delivers those of the others", async () => {
    const { name, copier } = await db.openCopier();
    const results = await Promise.allSettled([
      copier.send(numberedRow(0)),
      copier.send({ id: 1, note: "a\0b" }),
      copier.send({ id: 1.5, note: "x" }),
      copier.send({ id: 1 } as never),
      copier.send({ id: 1, note: "x", extra: 1 } as never),
      copier.send(numberedRow(1)),
    ]);
    assert.deepEqual(
      results.map((result) =>
        result.status === "rejected" ? (result.reason as EncodeError).column : "accepted",
      ),
      ["accepted", "note", "id", "note", "extra", "accepted"],
    );
    await copier.close();
    await assertNumberedRows(db, name, 2);
  });

  it("delivers a row wider than a page, and one wider than the whole buffer", async () => {
    const { name, copier } = await db.openCopier({ maxBufferedBytes: 1_000_000 });
    const sizes = [10, 200_000, 10, 5_000_000, 10];
    await Promise.all(sizes.map((size, id) => copier.send({ id, note: "w".repeat(size) })));
    await copier.close();
    const rows = await db.rows<{ size: number }>(
      `SELECT length(note) AS size FROM ${db.schema}.${name} ORDER BY id`,
    );
    assert.deepEqual(
      rows.map(({ size }) => size),
      sizes,
    );
  });

  it("inside of a getter or a toJSON of a row is refused, and harms no row", async () => {
    const definition = await db.create("nested", { id: int4, body: json, note: text });
    const copier = await Copier.connect(definition, { databaseUrl });
    const inner: Promise<void>[] = [];
    const sendInside = () => {
      const promise = copier.send({ id: -1, body: 1, note: "inner" });
      promise.catch(() => {});
      inner.push(promise);
      return 1;
    };
    await copier.send({ id: 0, body: { toJSON: sendInside }, note: "outer" });
    const getter = {
      get id() {
        return sendInside();
      },
      body: 1,
      note: "a\0b",
    };
    await assert.rejects(copier.send(getter), { column: "note" });
    const closing = {
      toJSON() {
        void copier.close();
        return 1;
      },
    };
    await assert.rejects(copier.send({ id: 2, body: closing, note: "late" }), { code: "CLOSED" });
    for (const promise of inner) {
      await assert.rejects(promise, /sent while another row was being encoded/);
    }
    await copier.close();
    const rows = await db.rows(`SELECT * FROM ${db.schema}.nested`);
    assert.deepEqual(rows, [{ id: 0, body: 1, note: "outer" }]);
  });

  it("reads the row and its context when it is called, however full the buffer is", async () => {
    const { name, copier } = await db.openCopier({ maxBufferedBytes: 1000 });
    const requests = new AsyncLocalStorage<string>();
    const reused = numberedRow(0);
    const sends: Promise<unknown>[] = [];
    for (let id = 0; id < 900; id += 3) {
      reused.id = id;
      reused.note = numberedRow(id).note;
      sends.push(copier.send(reused));
      reused.id = id + 1;
      reused.note = numberedRow(id + 1).note;
      sends.push(copier.insert(reused));
      const row = {
        id: id + 2,
        get note() {
          return requests.getStore() ?? "none";
        },
      };
      sends.push(requests.run(numberedRow(id + 2).note, () => copier.sendMany([row])));
    }
    assert.ok(copier.stats.bytesWaiting > 10_000);
    await assert.rejects(copier.send({ id: 0, note: "a\0b" }), { column: "note" });
    assert.ok(copier.stats.bytesWaiting > 10_000, "a bad row does not wait");
    await Promise.all(sends);
    assert.equal(copier.stats.bytesWaiting, 0);
    await copier.close();
    await assertNumberedRows(db, name, 900);
  });

  it("copies the row: what the sender changes later is not written", async () => {
    const { name, copier } = await db.openCopier();
    const row = numberedRow(0);
    await copier.send(row);
    row.id = 99;
    row.note = "changed";
    await copier.close();
    await assertNumberedRows(db, name, 1);
  });
});

describe("sendMany", () => {
  it("delivers what an async generator yields", async () => {
    const { name, copier } = await db.openCopier();
    async function* generate() {
      for (let id = 0; id < 1000; id++) {
        yield numberedRow(id);
      }
    }
    assert.equal(await copier.sendMany(generate()), 1000);
    await copier.close();
    await assertNumberedRows(db, name, 1000);
  });

  it("delivers the rows before a bad one", async () => {
    const { name, copier } = await db.openCopier();
    const rows = [numberedRow(0), numberedRow(1), { id: Number.NaN, note: "" }, numberedRow(2)];
    await assert.rejects(copier.sendMany(rows), { column: "id", accepted: 2, index: 2 });
    await copier.close();
    await assertNumberedRows(db, name, 2);
  });

  it("closes its source before it rejects, with a signal and without", async () => {
    const { copier } = await db.openCopier();
    let isOpen = false;
    async function* source() {
      isOpen = true;
      try {
        yield numberedRow(0);
        yield { id: Number.NaN, note: "" };
      } finally {
        await new Promise((resolve) => setTimeout(resolve, 20));
        isOpen = false;
      }
    }
    for (const options of [{}, { signal: new AbortController().signal }]) {
      await assert.rejects(copier.sendMany(source(), options), { accepted: 1, index: 1 });
      assert.equal(isOpen, false);
    }
    await copier.close();
  });

  it("delivers a million rows, exactly", async () => {
    const { name, copier } = await db.openCopier();
    function* generate() {
      for (let id = 0; id < 1_000_000; id++) {
        yield numberedRow(id);
      }
    }
    assert.equal(await copier.sendMany(generate()), 1_000_000);
    await copier.close();
    await assertNumberedRows(db, name, 1_000_000);
  });
});
