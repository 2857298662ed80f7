import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { Copier, EncodeError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { sourceScenes } from "../helpers/source-scene.js";

const db = useDatabase();
const open = sourceScenes(db);

const COLUMNS = "id int, note text";

function idsTo(count: number): number[] {
  return Array.from({ length: count }, (_, id) => id);
}

describe("positions of a source", () => {
  it("are bigints or numbers that ascend, with gaps", async () => {
    await using scene = await open(COLUMNS);
    const { source } = scene;
    assert.equal(source.name, "orders");
    assert.equal(source.position, 0n);
    await source.send({ id: 1 }, 0);
    await source.send({ id: 2 }, 1n);
    await source.send({ id: 3 }, 1000);
    await source.send({ id: 4 }, 2n ** 63n - 2n);
    await source.flush();
    assert.equal(source.position, 2n ** 63n - 1n);
    assert.equal(await scene.positionOf(), 2n ** 63n - 1n);
    assert.deepEqual(await scene.ids(), [1, 2, 3, 4]);
  });

  it("are refused if they do not ascend, and nothing is sent", async () => {
    await using scene = await open(COLUMNS);
    const { source } = scene;
    await source.send({ id: 1 }, 10);
    for (const position of [10, 10n, 9, 0n]) {
      const error = {
        code: "POSITION",
        message: `positions of the source "orders" must ascend: ${position} comes after 10`,
      };
      await assert.rejects(source.send({ id: 2 }, position), error);
      await assert.rejects(source.sendMany([{ id: 2 }], position), error);
    }
    await source.send({ id: 3 }, 11);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 3]);
  });

  it("are refused if they are no integers of the server's range", async () => {
    await using scene = await open(COLUMNS);
    const { source, copier } = scene;
    const odd = [-1, -1n, 1.5, Number.NaN, Infinity, 2 ** 53, 2n ** 63n - 1n, "5", null, undefined];
    for (const position of odd as number[]) {
      await assert.rejects(source.send({ id: 1 }, position), { code: "POSITION" });
      await assert.rejects(source.sendMany([], position), { code: "POSITION" });
      await assert.rejects(source.advance(position), { code: "POSITION" });
      if (position !== undefined) {
        await assert.rejects(copier.source("x", { start: position }), { code: "POSITION" });
      }
    }
    await source.flush();
    assert.equal(source.position, 0n);
    assert.equal(await scene.positionOf("x"), undefined);
  });

  it("go on where they are committed, whatever start says, and rows below are skipped", async () => {
    const scene = await open(COLUMNS);
    await scene.source.send({ id: 1 }, 5);
    await scene.source.close();
    await scene.copier.close();
    await using copier = await scene.connect();
    const source = await copier.source("orders", { start: 100 });
    assert.equal(source.position, 6n);
    await source.send({ id: 1 }, 0);
    await source.send({ id: "not encoded" }, 4);
    await source.sendMany([{ id: 1 }, { id: 1 }], 5);
    await assert.rejects(source.send({ id: 1 }, 5), { code: "POSITION" });
    await source.send({ id: 2 }, 6);
    await source.flush();
    assert.equal(source.position, 7n);
    assert.deepEqual(await scene.ids(), [1, 2]);
    assert.equal(copier.stats.rowsAccepted, 1);
  });

  it("begin at start where the ledger does not know the source", async () => {
    await using scene = await open(COLUMNS);
    const source = await scene.copier.source("late", { start: 100n });
    assert.equal(source.position, 100n);
    await source.send({ id: 1 }, 99);
    await source.send({ id: 2 }, 100);
    await source.flush();
    assert.deepEqual(await scene.ids(), [2]);
    await assert.rejects(scene.copier.source("unknown"), {
      code: "SOURCE_UNKNOWN",
      message: `the ledger "${db.schema}"."${scene.ledger.split(".")[1]}" does not know the source "unknown": pass { start } if nothing of it was written before`,
    });
    assert.equal(await scene.positionOf("unknown"), undefined);
  });
});

describe("source()", () => {
  it("takes no other options, and no reserved names", async () => {
    await using scene = await open(COLUMNS);
    const { copier } = scene;
    const refused = { code: "INVALID_OPTION" };
    await assert.rejects(copier.source("lane/1", { start: 0 }), refused);
    await assert.rejects(copier.source("spool/1", { start: 0 }), refused);
    await assert.rejects(copier.source("", { start: 0 }), refused);
    await assert.rejects(copier.source("x", { begin: 0 } as never), refused);
    await assert.rejects(copier.source("x", { onLost: true } as never), refused);
    await assert.rejects(scene.source.send({ id: 1 }, 0, { timeoutMs: 1 } as never), refused);
    await assert.rejects(
      scene.source.send({ id: 1 }, 0, new AbortController().signal as never),
      refused,
    );
    await scene.source.send({ id: 1 }, 0);
  });

  it("opens the default ledger if there is no option, beside onInDoubt", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.plain (id int)`);
    const databaseUrl = `${db.url}${db.url.includes("?") ? "&" : "?"}options=-csearch_path%3D${db.schema}`;
    for (const onInDoubt of ["retry", "reject"] as const) {
      await using copier = await Copier.connect("plain", { databaseUrl, onInDoubt });
      const source = await copier.source(onInDoubt, { start: 0 });
      await Promise.all([source.send({ id: 1 }, 0), copier.insert({ id: 2 })]);
      await source.close();
    }
    const rows = await db.rows(
      `SELECT source, position FROM ${db.schema}.batch_copy_ledger ORDER BY source`,
    );
    assert.deepEqual(rows, [
      { source: "reject", position: "1" },
      { source: "retry", position: "1" },
    ]);
  });

  it("works over a pool of the application's", async () => {
    const pool = new Pool({ connectionString: db.url, max: 2 });
    const scene = await open(COLUMNS, { pool, databaseUrl: undefined });
    for (const id of idsTo(1000)) {
      await scene.source.send({ id }, id);
    }
    await scene.source.close();
    await scene.copier.close();
    await pool.end();
    assert.deepEqual(await scene.ids(), idsTo(1000));
    assert.equal(await scene.positionOf(), 1000n);
  });

  for (const connections of [1, 3]) {
    it(`keeps the order of rows over ${connections} connections`, async () => {
      await using scene = await open(COLUMNS, { connections, maxBatchRows: 7 });
      const { source } = scene;
      for (const id of idsTo(500)) {
        await source.send({ id }, id);
      }
      await source.flush();
      assert.equal(source.position, 500n);
      assert.equal(await scene.positionOf(), 500n);
      assert.deepEqual(
        (await scene.ids()).toSorted((a, b) => a - b),
        idsTo(500),
      );
      assert.ok(scene.copier.stats.batchesCommitted > 50);
    });
  }

  it("has many sources in one batch, beside rows of send() and insert(), each told the truth", async () => {
    await using scene = await open(`${COLUMNS}, CHECK (id <> 13)`, {
      onReject: ({ row }) => void rejected.push(row["id"]),
    });
    const rejected: unknown[] = [];
    const { copier } = scene;
    const sources = await Promise.all(
      idsTo(5).map((number) => copier.source(`s${number}`, { start: 0 })),
    );
    const calls: Promise<unknown>[] = [copier.insert({ id: 1 }), copier.send({ id: 13 })];
    for (const [number, source] of sources.entries()) {
      calls.push(source.send({ id: 100 + number }, 0));
      calls.push(source.sendMany([{ id: 200 + number }, { id: 300 + number }], 5));
    }
    calls.push(sources[0]!.send({ id: 13 }, 6), copier.insert({ id: 2 }));
    const refused = assert.rejects(copier.insert({ id: 13 }), { code: "ROW_REJECTED" });
    await Promise.all(calls);
    await refused;
    await copier.flush();
    await Promise.all(sources.map((source) => source.flush()));
    assert.deepEqual(
      sources.map(({ position }) => position),
      [7n, 6n, 6n, 6n, 6n],
    );
    assert.deepEqual(rejected, [13, 13]);
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      [1, 2, ...[1, 2, 3].flatMap((hundred) => idsTo(5).map((n) => 100 * hundred + n))],
    );
    for (const { name, position } of sources) {
      assert.equal(await scene.positionOf(name), position);
    }
  });

  it("follows a table that changes under way", async () => {
    await using scene = await open("id int, note text", { maxBufferedBytes: 1000 });
    const { source, copier } = scene;
    await source.send({ id: 1, note: "before" }, 0);
    await source.flush();
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${scene.name}`);
    const sent = Promise.all(
      idsTo(100).map((n) => source.sendMany([{ id: n + 2, note: "x".repeat(20) }], n + 1)),
    );
    await eventually(() => copier.stats.bytesWaiting > 0, "rows wait for room");
    await client.query(`ALTER TABLE ${scene.name} ALTER COLUMN id TYPE bigint; COMMIT`);
    client.release();
    await sent;
    await source.flush();
    assert.equal(await scene.positionOf(), 101n);
    assert.deepEqual(
      (await scene.ids()).map(Number),
      idsTo(101).map((n) => n + 1),
    );
  });
});

describe("send() of a source", () => {
  it("leaves the position of an invalid row to another row, or skips it", async () => {
    await using scene = await open(COLUMNS);
    const { source } = scene;
    await assert.rejects(source.send({ id: "x" }, 0), EncodeError);
    await source.send({ id: 1 }, 0);
    await assert.rejects(source.send({ id: "x" }, 1), EncodeError);
    await source.send({ id: 2 }, 2);
    await assert.rejects(source.sendMany([{ id: 3 }, { id: "x" }], 3), EncodeError);
    await source.sendMany([{ id: 4 }], 3);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 2, 4]);
    assert.equal(source.position, 4n);
  });

  it("waits for room, in order, and reads the row during the call", async () => {
    await using scene = await open(COLUMNS, { maxBufferedBytes: 200, maxBatchRows: 3 });
    const { source } = scene;
    const row = { id: 0, note: "x".repeat(20) };
    const sent = idsTo(100).map((id) => {
      row.id = id;
      return id % 2 === 0 ? source.send(row, id) : source.sendMany([row], id);
    });
    row.id = -1;
    await Promise.all(sent);
    await source.flush();
    assert.deepEqual(await scene.ids(), idsTo(100));
    assert.equal(source.position, 100n);
  });

  it("rejects with the reason of its signal while it waits for room, and sends nothing", async () => {
    await using scene = await open(COLUMNS, { maxBufferedBytes: 100 });
    const { source, copier, name } = scene;
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${name}`);
    await source.send({ id: 1, note: "x".repeat(90) }, 0);
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = [
      source.send({ id: 2, note: "" }, 1, { signal }),
      source.sendMany([{ id: 3, note: "" }], 2, { signal }),
    ];
    const settled = Promise.allSettled(waiting);
    await eventually(() => copier.stats.bytesWaiting > 0, "rows wait for room");
    const reason = new Error("enough");
    controller.abort(reason);
    assert.deepEqual(await settled, [
      { status: "rejected", reason },
      { status: "rejected", reason },
    ]);
    await client.query("COMMIT");
    client.release();
    await assert.rejects(source.send({ id: 4 }, 3, { signal }), reason);
    await source.send({ id: 5, note: "" }, 3);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 5]);
  });

  it("writes a unit larger than the buffer and than a batch in one transaction", async () => {
    await using scene = await open(`${COLUMNS}, xid xid8 DEFAULT pg_current_xact_id()`, {
      columns: ["id", "note"],
      maxBufferedBytes: 1000,
      maxBatchRows: 10,
    });
    const { source } = scene;
    await source.send({ id: 0, note: "" }, 0);
    const rows = idsTo(1000).map((id) => ({ id: id + 1, note: "x".repeat(100) }));
    await source.sendMany(rows, 1);
    await source.sendMany([], 2);
    await source.send({ id: 1001, note: "" }, 3);
    await source.flush();
    assert.deepEqual(await scene.ids(), idsTo(1002));
    const [{ count } = { count: 0 }] = await db.rows<{ count: number }>(
      `SELECT count(DISTINCT xid)::int AS count FROM ${scene.name} WHERE id BETWEEN 1 AND 1000`,
    );
    assert.equal(count, 1);
    assert.equal(source.position, 4n);
  });

  it("takes its rows from any iterable, and what that throws sends none of them", async () => {
    await using scene = await open(COLUMNS);
    const { source } = scene;
    const reason = new Error("no more");
    function* failing(): Iterable<{ id: number }> {
      yield { id: 1 };
      throw reason;
    }
    await assert.rejects(source.sendMany(failing(), 0), reason);
    await source.sendMany(new Set([{ id: 2 }, { id: 3 }]), 0);
    await source.flush();
    assert.deepEqual(await scene.ids(), [2, 3]);
  });
});

describe("the end of a source", () => {
  it("is close(), which flushes, keeps the position and accepts nothing more", async () => {
    await using scene = await open(COLUMNS, { flushIntervalMs: 60_000 });
    const { source } = scene;
    await source.send({ id: 1 }, 0);
    await source.close();
    assert.deepEqual(await scene.ids(), [1]);
    assert.equal(source.position, 1n);
    await source.close();
    await source.flush();
    const closed = { code: "CLOSED" };
    await assert.rejects(source.send({ id: 2 }, 1), closed);
    await assert.rejects(source.sendMany([], 1), closed);
    await assert.rejects(source.advance(5), closed);
    assert.equal(await scene.positionOf(), 1n);
  });

  it("refuses calls that wait for room when close() is called", async () => {
    await using scene = await open(COLUMNS, { maxBufferedBytes: 100 });
    const { source, copier, name } = scene;
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${name}`);
    await source.send({ id: 1, note: "x".repeat(90) }, 0);
    const waiting = assert.rejects(source.send({ id: 2, note: "" }, 1), { code: "CLOSED" });
    await eventually(() => copier.stats.bytesWaiting > 0, "a row waits for room");
    const closed = source.close();
    await waiting;
    await client.query("COMMIT");
    client.release();
    await closed;
    assert.equal(source.position, 1n);
    assert.deepEqual(await scene.ids(), [1]);
  });

  it("is that of its block", async () => {
    await using scene = await open(COLUMNS);
    {
      await using source = await scene.copier.source("block", { start: 0 });
      await source.send({ id: 1 }, 0);
    }
    assert.equal(await scene.positionOf("block"), 1n);
  });

  it("comes with that of its copier, which writes what was accepted", async () => {
    const scene = await open(COLUMNS, { flushIntervalMs: 60_000 });
    const { source } = scene;
    await source.send({ id: 1 }, 0);
    await scene.copier.close();
    assert.deepEqual(await scene.ids(), [1]);
    assert.equal(source.position, 1n);
    await assert.rejects(source.send({ id: 2 }, 1), { code: "CLOSED" });
    await assert.rejects(source.sendMany([{ id: 2 }], 1), { code: "CLOSED" });
    await source.flush();
    await source.close();
    await assert.rejects(scene.copier.source("orders"));
  });

  it("is an error that names it after close({ timeoutMs }) of the copier in the middle of a commit", async () => {
    const lost: unknown[] = [];
    const scene = await open(COLUMNS);
    const source = await scene.copier.source("other", {
      start: 0,
      onLost: (error) => void lost.push(error.code),
    });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${scene.name}`);
    await source.send({ id: 1 }, 0);
    await scene.source.advance(5);
    const flushed = assert.rejects(source.flush(), { code: "OUTCOME_UNKNOWN", source: "other" });
    const advanced = assert.rejects(scene.source.flush(), {
      code: "OUTCOME_UNKNOWN",
      source: "orders",
    });
    await scene.copier.close({ timeoutMs: 100 });
    await flushed;
    await advanced;
    await client.query("COMMIT");
    client.release();
    assert.deepEqual(lost, ["OUTCOME_UNKNOWN"]);
    assert.equal(source.position, 0n);
    const { rowsBuffered, bytesBuffered, rowsInDoubt } = scene.copier.stats;
    assert.deepEqual([rowsBuffered, bytesBuffered, rowsInDoubt], [0, 0, 1]);
  });

  it("is an UndeliveredError without rows after close({ timeoutMs }) before a commit", async () => {
    const scene = await open(COLUMNS, { retry: { minDelayMs: 60_000, maxDelayMs: 60_000 } });
    const { source, copier } = scene;
    await db.pool.query(`ALTER TABLE ${scene.name} RENAME TO ${scene.name.split(".")[1]!}_gone`);
    const advanced = await copier.source("advanced", { start: 0 });
    await source.send({ id: 1 }, 0);
    await advanced.advance(7);
    await eventually(() => copier.stats.retries > 0, "it is retried");
    const undelivered = { code: "UNDELIVERED", count: 0 };
    const flushes = [
      assert.rejects(source.flush(), undelivered),
      assert.rejects(advanced.flush(), undelivered),
    ];
    await copier.close({ timeoutMs: 1 });
    await Promise.all(flushes);
    assert.equal(await scene.positionOf(), 0n);
    assert.equal(copier.stats.rowsBuffered, 0);
  });

  it("is an UndeliveredError if attempts fail for retry.timeoutMs, for those that only advance too", async () => {
    await using scene = await open(COLUMNS, {
      retry: { minDelayMs: 1, maxDelayMs: 10, timeoutMs: 50 },
      onReject: ({ row }) => void rejected.push(row["id"]),
    });
    const rejected: unknown[] = [];
    const { source, copier } = scene;
    const advanced = await copier.source("advanced", { start: 0 });
    await db.pool.query(`ALTER TABLE ${scene.name} RENAME TO gone`);
    await Promise.all([source.send({ id: 1 }, 0), copier.send({ id: 2 }), advanced.advance(7)]);
    const undelivered = { code: "UNDELIVERED", count: 0 };
    await Promise.all([
      assert.rejects(source.flush(), undelivered),
      assert.rejects(advanced.flush(), undelivered),
    ]);
    await assert.rejects(source.send({ id: 3 }, 1), undelivered);
    await assert.rejects(source.advance(9), undelivered);
    await db.pool.query(`ALTER TABLE ${db.schema}.gone RENAME TO ${scene.name.split(".")[1]!}`);
    await copier.flush();
    // Only the row of no source is handed back.
    assert.deepEqual(rejected, [2]);
    const again = await copier.source("orders");
    assert.equal(again.position, 0n);
    await again.send({ id: 1 }, 0);
    await again.flush();
    assert.deepEqual(await scene.ids(), [1]);
    assert.equal(await scene.positionOf("advanced"), 0n);
  });
});
