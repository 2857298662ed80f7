import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  BatchCopyError,
  Copier,
  EncodeError,
  int4,
  RowRejectedError,
  text,
  TimeoutError,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import type { AnyRow } from "../helpers/source-scene.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";

const db = useDatabase();
const open = spooledScenes(db);

describe("a copier with a spool", () => {
  it("writes rows of send(), sendMany() and writable() in order", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    for (const row of numbered(0, 10)) {
      await copier.send(row);
    }
    assert.equal(await copier.sendMany(numbered(10, 500)), 490);
    assert.equal(await copier.sendMany(asyncRows(numbered(500, 600))), 100);
    const stream = copier.writable();
    numbered(600, 700).forEach((row) => stream.write(row));
    await new Promise<void>((resolve) => void stream.end(resolve));
    assert.deepEqual(await scene.ids(), idsOf(0, 700));
  });

  it("writes rows of many senders at once, each sender's in order", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const senders = Array.from({ length: 50 }, async (_, sender) => {
      for (let i = 0; i < 40; i++) {
        await copier.send({ id: sender * 1000 + i, note: "n" });
      }
    });
    await Promise.all(senders);
    await copier.flush();
    const ids = await scene.ids();
    assert.equal(ids.length, 2000);
    for (let sender = 0; sender < 50; sender++) {
      const own = ids.filter((id) => Math.floor(id / 1000) === sender);
      assert.deepEqual(own, idsOf(sender * 1000, sender * 1000 + 40));
    }
  });

  it("resolves insert() when the row is committed", async () => {
    const scene = await open();
    await using copier = await scene.connect({ flushIntervalMs: 60_000 });
    await copier.insert({ id: 1, note: "n" });
    assert.deepEqual(await scene.ids(), [1]);
    await Promise.all(numbered(2, 40).map((row) => copier.insert(row)));
    assert.deepEqual(await scene.ids(), idsOf(1, 40));
  });

  it("resolves send() while the table is locked, and insert() only when the lock is gone", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const unlock = await scene.lock();
    await copier.send({ id: 1, note: "n" });
    assert.equal(await copier.sendMany(numbered(2, 10)), 8);
    let isCommitted = false;
    const inserted = copier.insert({ id: 10, note: "n" }).then(() => (isCommitted = true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(isCommitted, false);
    await unlock();
    await inserted;
    assert.deepEqual(await scene.ids(), idsOf(1, 11));
  });

  it("commits with flush() what was sent before it, without close", async () => {
    const scene = await open();
    await using copier = await scene.connect({ flushIntervalMs: 60_000 });
    await copier.sendMany(numbered(0, 100));
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 100));
    await copier.flush();
  });

  it("flushes rows whose send() nobody awaits", async () => {
    const scene = await open();
    await using copier = await scene.connect({ flushIntervalMs: 60_000 });
    const sent = numbered(0, 100).map((row) => copier.send(row));
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 100));
    await Promise.all(sent);
  });

  it("writes rows after flushIntervalMs that nobody flushes", async () => {
    const scene = await open();
    await using copier = await scene.connect({ flushIntervalMs: 20 });
    await copier.send({ id: 1, note: "n" });
    await eventually(async () => (await scene.ids()).length === 1, "the row is there");
  });

  it("takes a definition", async () => {
    const scene = await open();
    const definition = await db.create("defined", { id: int4, note: text.nullable() });
    await using copier = await Copier.connect(definition, { ...scene.options } as object);
    await copier.send({ id: 1 });
    await copier.insert({ id: 2, note: "x" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${db.schema}.defined`), [
      { id: 1, note: null },
      { id: 2, note: "x" },
    ]);
  });

  it("leaves an empty directory and nothing in the ledger when it is closed", async () => {
    const scene = await open();
    const copier = await scene.connect();
    await copier.sendMany(numbered(0, 1000));
    await copier.close();
    assert.deepEqual(await scene.ids(), idsOf(0, 1000));
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
    await copier.close();
  });

  it("leaves nothing when it is closed without having sent anything", async () => {
    const scene = await open();
    {
      await using copier = await scene.connect();
      assert.equal(copier.stats.rowsAccepted, 0);
      assert.equal((await scene.entries()).length, 1);
    }
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("refuses rows after close(), and says how many of a sendMany() were accepted", async () => {
    const scene = await open();
    const copier = await scene.connect();
    async function* rows(): AsyncGenerator<AnyRow> {
      yield* numbered(0, 3);
      void copier.close();
      yield { id: 3, note: "n" };
    }
    await assert.rejects(copier.sendMany(rows()), { code: "CLOSED", accepted: 3 });
    await assert.rejects(copier.send({ id: 4, note: "n" }), { code: "CLOSED" });
    await assert.rejects(copier.insert({ id: 4, note: "n" }), { code: "CLOSED" });
    await copier.close();
    assert.deepEqual(await scene.ids(), [0, 1, 2]);
  });

  it("writes rows whose send() was not awaited before close()", async () => {
    const scene = await open();
    const copier = await scene.connect();
    const sent = numbered(0, 50).map((row) => copier.send(row));
    const inserted = copier.insert({ id: 50, note: "n" });
    await copier.close();
    await Promise.all([...sent, inserted]);
    assert.deepEqual(await scene.ids(), idsOf(0, 51));
    assert.deepEqual(await scene.entries(), []);
  });

  it("lets the sender reuse the row object as soon as send() has returned", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const row = { id: 0, note: "n" };
    const sent: Promise<void>[] = [];
    for (row.id = 0; row.id < 20; row.id++) {
      sent.push(copier.send(row));
    }
    await Promise.all(sent);
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 20));
  });

  it("refuses an invalid row alone", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const sent = [
      copier.send({ id: 1, note: "n" }),
      copier.send({ id: "x", note: "n" }),
      copier.insert({ id: 2 ** 31, note: "n" }),
      copier.send({ id: 2, note: "n" }),
    ];
    const results = await Promise.allSettled(sent);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "rejected", "rejected", "fulfilled"],
    );
    await copier.flush();
    assert.deepEqual(await scene.ids(), [1, 2]);
  });

  it("counts durable rows in the error of an invalid row amid sendMany()", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const rows = [...numbered(0, 500), { id: "x", note: "n" }, ...numbered(501, 600)];
    await assert.rejects(copier.sendMany(rows), (error) => {
      assert.ok(error instanceof EncodeError);
      assert.deepEqual([error.accepted, error.index, error.column], [500, 500, "id"]);
      return true;
    });
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 500));
  });

  it("skips invalid rows of a stream that says so", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const invalid: unknown[] = [];
    const stream = copier.writable({ onInvalid: ({ row }) => void invalid.push(row) });
    stream.write({ id: 1, note: "n" });
    stream.write({ id: "x", note: "n" });
    stream.write({ id: 2, note: "n" });
    await new Promise<void>((resolve) => void stream.end(resolve));
    assert.deepEqual(await scene.ids(), [1, 2]);
    assert.deepEqual(invalid, [{ id: "x", note: "n" }]);
  });

  it("refuses calls whose signal has aborted, and keeps the others", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(copier.send({ id: 1, note: "n" }, { signal }), { message: "enough" });
    await assert.rejects(copier.sendMany(numbered(1, 5), { signal }), { message: "enough" });
    await assert.rejects(copier.insert({ id: 1, note: "n" }, { signal }), { message: "enough" });
    await copier.send({ id: 9, note: "n" });
    await copier.flush();
    assert.deepEqual(await scene.ids(), [9]);
  });

  it("ends an insert() by its signal or its time, whose durable row is on its way", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    const unlock = await scene.lock();
    await assert.rejects(
      copier.insert({ id: 1, note: "n" }, { timeoutMs: 100 }),
      (error) => error instanceof TimeoutError && error.accepted,
    );
    const control = new AbortController();
    const aborted = copier.insert({ id: 2, note: "n" }, { signal: control.signal });
    setTimeout(() => control.abort(new Error("enough")), 50);
    await assert.rejects(aborted, { message: "enough" });
    await unlock();
    await copier.flush();
    assert.deepEqual(await scene.ids(), [1, 2]);
  });

  it("counts rows", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await using copier = await scene.connect();
    await copier.sendMany(numbered(0, 10));
    await copier.flush();
    await copier.sendMany(numbered(5, 20));
    await copier.flush();
    const { rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered, bytesBuffered } = copier.stats;
    assert.deepEqual(
      { rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered, bytesBuffered },
      { rowsAccepted: 25, rowsCommitted: 20, rowsRejected: 5, rowsBuffered: 0, bytesBuffered: 0 },
    );
  });

  it("has no sources beside it, and says so", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    await assert.rejects(
      copier.source("orders", { start: 0 }),
      (error) =>
        error instanceof BatchCopyError &&
        /a copier with a spool has no sources/.test(error.message),
    );
  });

  it("rejects only the insert() whose row the server rejects", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await using copier = await scene.connect();
    const results = await Promise.allSettled(
      [1, 2, 1, 3].map((id) => copier.insert({ id, note: "n" })),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ["fulfilled", "fulfilled", "rejected", "fulfilled"],
    );
    const [, , rejected] = results;
    const error = (rejected as PromiseRejectedResult).reason as unknown;
    assert.ok(error instanceof RowRejectedError);
    assert.deepEqual([error.sqlState, error.row], ["23505", { id: 1, note: "n" }]);
    assert.deepEqual(await scene.letters(), []);
  });
});

async function* asyncRows(rows: readonly AnyRow[]): AsyncGenerator<AnyRow> {
  for (const row of rows) {
    yield row;
  }
}
