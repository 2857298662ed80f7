import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { CopierOptions, Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

/** A copier to a table that refuses ids below 0. */
async function openCopier(options: CopierOptions = {}) {
  const opened = await db.openCopier(options);
  await db.pool.query(`ALTER TABLE ${db.schema}.${opened.name} ADD CHECK (id >= 0)`);
  return opened;
}

const bad = { id: -1, note: "bad" };

describe("flush", () => {
  it("is over at once when nothing was sent", async () => {
    const { copier } = await openCopier();
    await copier.flush();
    await copier.flush();
    assert.equal(copier.stats.batchesCommitted, 0);
    await copier.close();
  });

  it("does not wait for the timer, and ends when the rows can be read", async () => {
    const { name, copier } = await openCopier({ flushIntervalMs: 60_000 });
    await copier.send(numberedRow(0));
    await copier.flush();
    await assertNumberedRows(db, name, 1);
    await copier.close();
  });

  it("covers the rows before it while others go on sending", async () => {
    const { name, copier } = await openCopier({ maxBatchRows: 10, maxBufferedBytes: 10_000 });
    let sent = 0;
    const over = new AbortController();
    const producer = (async () => {
      while (!over.signal.aborted) {
        await copier.send(numberedRow(sent++));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let round = 0; round < 10; round++) {
      const before = sent;
      await copier.flush();
      const [found] = await db.rows<{ n: number }>(
        `SELECT count(*)::int AS n FROM ${db.schema}.${name} WHERE id < $1`,
        [before],
      );
      assert.equal(found?.n, before);
    }
    over.abort();
    await producer;
    await copier.close();
    await assertNumberedRows(db, name, sent);
  });

  it("rejects with the rows that were refused, once, and the copier goes on", async () => {
    const { name, copier } = await openCopier();
    await copier.send(bad);
    await copier.send({ ...bad, note: "worse" });
    await assert.rejects(copier.flush(), (error: { count: number; rejections: Rejection[] }) => {
      assert.equal(error.count, 2);
      assert.deepEqual(
        error.rejections.map(({ row }) => row),
        [bad, { ...bad, note: "worse" }],
      );
      assert.match(
        (error as unknown as Error).message,
        /2 rows were not written: .*check constraint/,
      );
      return true;
    });
    await copier.flush();
    await copier.send(numberedRow(0));
    await copier.close();
    await assertNumberedRows(db, name, 1);
    assert.equal(copier.stats.rowsRejected, 2);
  });

  it("tells the next flush of a batch that failed when none was pending", async () => {
    const { copier } = await openCopier({ flushIntervalMs: 0 });
    await copier.send(bad);
    await eventually(() => copier.stats.rowsRejected === 1, "the batch has failed");
    await assert.rejects(copier.flush(), { code: "ROWS_REJECTED", count: 1 });
    await copier.close();
  });

  it("does not count the rows of insert, whose callers know", async () => {
    const { copier } = await openCopier();
    const insert = copier.insert(bad);
    const send = copier.send({ ...bad, note: "sent" });
    const flush = copier.flush();
    await assert.rejects(insert, { code: "ROW_REJECTED", sqlState: "23514" });
    await send;
    await assert.rejects(flush, { count: 1 });
    await copier.close();
  });
});

describe("onReject", () => {
  it("gets each refused row with its error; flush waits for its promise", async () => {
    const rejections: Rejection[] = [];
    let running = 0;
    const { copier } = await openCopier({
      async onReject(rejection) {
        assert.equal(++running, 1, "one at a time");
        await new Promise((resolve) => setTimeout(resolve, 5));
        rejections.push(rejection);
        running--;
      },
    });
    const rows = Array.from({ length: 10 }, (_, n) => ({ id: -1, note: String(n) }));
    await copier.sendMany(rows);
    await copier.flush();
    assert.deepEqual(
      rejections.map(({ row }) => row),
      rows,
    );
    const [first] = rejections;
    assert.ok(first?.error.code === "ROW_REJECTED" && first.error.sqlState === "23514");
    await copier.close();
  });

  it("is waited for by its own row alone: those that are committed do not count as buffered", async () => {
    let takeRow = (): void => {};
    const taken = new Promise<void>((resolve) => {
      takeRow = resolve;
    });
    const { copier } = await openCopier({ onReject: () => taken });
    await copier.sendMany([numberedRow(0), bad, numberedRow(1), numberedRow(2)]);
    const flush = copier.flush();
    await eventually(() => copier.stats.rowsCommitted === 3, "the good rows are committed");
    const { rowsAccepted, rowsRejected, rowsBuffered } = copier.stats;
    assert.deepEqual([rowsAccepted, rowsRejected, rowsBuffered], [4, 0, 1]);
    takeRow();
    await flush;
    assert.deepEqual([copier.stats.rowsRejected, copier.stats.rowsBuffered], [1, 0]);
    await copier.close();
  });

  it("may send to the copier, though rows that wait for it fill the buffer", async () => {
    const { name, copier } = await openCopier({
      maxBufferedBytes: 1000,
      connections: 1,
      onReject: ({ row }) => copier.send({ ...(row as typeof bad), id: repaired++ }),
    });
    let repaired = 0;
    // Every row is bad, so every batch fails until its rows were repaired.
    await copier.sendMany(Array.from({ length: 200 }, (_, n) => ({ id: -1, note: `row ${n}` })));
    while (copier.stats.rowsCommitted < 200) {
      await copier.flush();
    }
    await copier.close();
    assert.ok(repaired >= 200, `${repaired} rows were repaired`);
    const [found] = await db.rows(
      `SELECT count(*)::int AS n, count(DISTINCT note)::int AS notes FROM ${db.schema}.${name}`,
    );
    assert.deepEqual(found, { n: 200, notes: 200 });
  });

  it("cannot wait for flush, which waits for it", async () => {
    let inner: Promise<void> | undefined;
    const { copier } = await openCopier({
      onReject: async () => {
        inner = copier.flush();
        await inner.catch(() => {});
      },
    });
    await copier.send(bad);
    await copier.flush();
    await assert.rejects(inner!, /must not be called in onReject/);
    await copier.close();
  });

  it("may start what flushes later", async () => {
    let later: Promise<void> | undefined;
    const { copier } = await openCopier({
      onReject: () => {
        later = new Promise((resolve) => setTimeout(resolve, 20)).then(() => copier.flush());
      },
    });
    await copier.send(bad);
    await copier.flush();
    await later;
    await copier.close();
  });

  it("that throws does not stop delivery: flush tells of the row and of the error", async () => {
    let calls = 0;
    const { name, copier } = await openCopier({
      maxBatchRows: 1,
      onReject: ({ row }) => {
        calls++;
        if ((row as typeof bad).note === "bad") {
          throw new Error("no disk for dead letters");
        }
      },
    });
    await copier.sendMany([bad, numberedRow(0), { id: -2, note: "other" }]);
    await assert.rejects(copier.flush(), (error: { count: number; cause: Error }) => {
      assert.equal(error.count, 1);
      assert.match(error.cause.message, /no disk for dead letters/);
      return true;
    });
    assert.equal(calls, 2);
    await copier.close();
    await assertNumberedRows(db, name, 1);
  });

  it("that throws what has no text stops neither the rejections nor the flushes after it", async () => {
    const { copier } = await openCopier({
      onReject: () => {
        throw Object.create(null);
      },
    });
    await copier.send(bad);
    await eventually(() => copier.stats.rowsRejected === 1, "the first row is rejected");
    await copier.send(bad);
    await assert.rejects(copier.flush(), { count: 2 });
    await copier.close();
  });
});
