import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, it } from "node:test";

import {
  FencedError,
  forgetSource,
  OutcomeUnknownError,
  RewoundError,
  type BatchCopyError,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { sourceScenes } from "../helpers/source-scene.js";
import { collectUncaught } from "../helpers/uncaught.js";

const db = useDatabase();
const open = sourceScenes(db);

describe("a source that is opened again", () => {
  for (const where of ["by the same copier", "by another copier"]) {
    it(`fences its former owner, which is told once: ${where}`, async () => {
      await using scene = await open("id int", { maxBufferedBytes: 100, flushIntervalMs: 60_000 });
      await using other = await scene.connect();
      const lost: BatchCopyError[] = [];
      const former = await scene.copier.source("shared", {
        start: 0,
        onLost: (error) => void lost.push(error),
      });
      await former.send({ id: 1 }, 0);
      await former.flush();
      await former.send({ id: 2 }, 1);
      const copier = where === "by the same copier" ? scene.copier : other;
      const now = await copier.source("shared");
      assert.equal(now.position, 1n);
      await now.send({ id: 20 }, 1);
      await now.flush();
      await assert.rejects(former.flush(), (error) => {
        assert.ok(error instanceof FencedError);
        assert.equal(error.source, "shared");
        return true;
      });
      await assert.rejects(former.send({ id: 3 }, 2), FencedError);
      await assert.rejects(former.sendMany([{ id: 3 }], 2), FencedError);
      await assert.rejects(former.advance(9), FencedError);
      await assert.rejects(former.flush(), FencedError);
      // It was told already.
      await former.close();
      assert.deepEqual(
        lost.map(({ code }) => code),
        ["FENCED"],
      );
      assert.equal(former.position, 1n);
      assert.deepEqual(await scene.ids(), [1, 20]);
      assert.equal(await scene.positionOf("shared"), 2n);
    });
  }

  it("at the same time has one owner: the others are fenced", async () => {
    await using scene = await open("id int");
    const opened = [1, 2, 3].map(() => scene.copier.source("shared", { start: 0 }));
    const results = await Promise.allSettled(
      (await Promise.all(opened)).map(async (source) => {
        await source.send({ id: 1 }, 0);
        await source.flush();
      }),
    );
    const errors = results.flatMap((result) =>
      result.status === "rejected" ? [result.reason] : [],
    );
    assert.equal(errors.length, 2);
    assert.ok(errors.every((error) => error instanceof FencedError));
    assert.deepEqual(await scene.ids(), [1]);
  });

  it("rejects a call that waits for room, so that close() need not", async () => {
    await using scene = await open("id int, note text", { maxBufferedBytes: 100 });
    const { source, copier, name } = scene;
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${name}`);
    await source.send({ id: 1, note: "x".repeat(80) }, 0);
    const waiting = assert.rejects(source.send({ id: 2, note: "x".repeat(80) }, 1), FencedError);
    await eventually(() => copier.stats.bytesWaiting > 0, "a row waits for room");
    await using other = await scene.connect();
    await other.source("orders");
    await client.query("COMMIT");
    client.release();
    await waiting;
    await source.close();
    assert.deepEqual(await scene.ids(), []);
    await eventually(() => copier.stats.bytesBuffered === 0, "the buffer is empty");
  });

  it("rejects close() if nobody else was told", async () => {
    await using scene = await open("id int");
    const { source } = scene;
    await using other = await scene.connect();
    await other.source("orders");
    await source.send({ id: 1 }, 0);
    await eventually(() => scene.copier.stats.rowsBuffered === 0, "the row is settled");
    await assert.rejects(source.close(), FencedError);
  });

  it("warns if nobody else is told: a reader may wait for its next message for long", async () => {
    await using scene = await open("id int");
    await using other = await scene.connect();
    await other.source("orders");
    await scene.source.send({ id: 1 }, 0);
    const [warning] = (await once(process, "warning")) as [Error];
    assert.match(
      warning.message,
      /^"\w+"\."t\d+": the source "orders" is lost \(set onLost to be told\): another owner has claimed/,
    );
    await assert.rejects(scene.source.close(), FencedError);
  });

  it("leaves other sources of a batch, and rows of none, alone: it is no failed attempt", async () => {
    await using scene = await open("id int", {
      flushIntervalMs: 60_000,
      retry: { timeoutMs: 0 },
    });
    const { source, copier } = scene;
    const kept = await copier.source("kept", { start: 0 });
    await using other = await scene.connect();
    const now = await other.source("orders");
    await kept.send({ id: 1 }, 0);
    await source.send({ id: 2 }, 0);
    await copier.send({ id: 3 });
    await kept.send({ id: 4 }, 1);
    const inserted = copier.insert({ id: 5 });
    await assert.rejects(source.flush(), FencedError);
    await inserted;
    await kept.flush();
    await copier.flush();
    assert.deepEqual(await scene.ids(), [1, 3, 4, 5]);
    assert.equal(kept.position, 2n);
    await now.send({ id: 2 }, 0);
    await now.flush();
    assert.deepEqual(await scene.ids(), [1, 3, 4, 5, 2]);
  });

  it("ends a source whose handler throws without harm to others", async () => {
    await using scene = await open("id int");
    const [thrown] = await collectUncaught(async () => {
      const former = await scene.copier.source("x", {
        start: 0,
        onLost() {
          throw new Error("onLost failed");
        },
      });
      const now = await scene.copier.source("x");
      await former.send({ id: 1 }, 0);
      await assert.rejects(former.flush(), FencedError);
      await now.send({ id: 2 }, 0);
      await now.flush();
    });
    assert.equal(thrown!.message, "onLost failed");
    assert.deepEqual(await scene.ids(), [2]);
  });
});

describe("a source whose row of the ledger", () => {
  it("is removed by forgetSource() ends with an OutcomeUnknownError, and writes nothing", async () => {
    await using scene = await open("id int");
    const { source, ledger } = scene;
    await source.send({ id: 1 }, 0);
    await source.flush();
    assert.equal(await forgetSource(db.pool, "orders", { table: ledger }), true);
    await source.send({ id: 2 }, 1);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof OutcomeUnknownError);
      assert.equal(error.source, "orders");
      return true;
    });
    assert.deepEqual(await scene.ids(), [1]);
    await assert.rejects(scene.copier.source("orders"), { code: "SOURCE_UNKNOWN" });
    const again = await scene.copier.source("orders", { start: 1 });
    await again.send({ id: 2 }, 1);
    await again.flush();
    assert.deepEqual(await scene.ids(), [1, 2]);
  });

  it("is lost by TRUNCATE ends so, and rows of no source are written all the same", async () => {
    await using scene = await open("id int");
    const { source, copier } = scene;
    await Promise.all([source.send({ id: 1 }, 0), copier.insert({ id: 2 })]);
    await source.flush();
    await db.pool.query(`TRUNCATE ${scene.ledger}`);
    const inserted = Promise.allSettled([copier.insert({ id: 3 })]);
    await source.send({ id: 4 }, 1);
    await assert.rejects(source.flush(), OutcomeUnknownError);
    await inserted;
    await copier.insert({ id: 5 });
    assert.ok((await scene.ids()).includes(5));
    assert.ok(!(await scene.ids()).includes(4));
  });

  it("says less than was committed ends with a RewoundError that has both positions", async () => {
    await using scene = await open("id int");
    const { source, ledger } = scene;
    await source.send({ id: 1 }, 7);
    await source.flush();
    await db.pool.query(`UPDATE ${ledger} SET position = 3 WHERE source = 'orders'`);
    await source.send({ id: 2 }, 8);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof RewoundError);
      assert.deepEqual([error.source, error.position, error.committed], ["orders", 3n, 8n]);
      return true;
    });
    assert.equal(source.position, 8n);
    assert.deepEqual(await scene.ids(), [1]);
    const again = await scene.copier.source("orders");
    assert.equal(again.position, 3n);
  });
});
