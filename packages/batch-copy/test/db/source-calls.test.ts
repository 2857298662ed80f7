import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { UndeliveredError, type Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { sourceScenes, type AnyRow, type SourceScene } from "../helpers/source-scene.js";

const db = useDatabase();
const open = sourceScenes(db);

describe("a call of a source", () => {
  it("is refused while the rows of another one are read, because it would pass them", async () => {
    await using scene = await open("id int");
    const { source } = scene;
    const nested: Promise<void>[] = [];
    function idAfterCalls(id: number): number {
      nested.push(
        source.send({ id: -1 }, 90),
        source.sendMany([{ id: -1 }], 91),
        source.advance(92),
      );
      return id;
    }
    function* rows(): Iterable<AnyRow> {
      yield { id: idAfterCalls(1) };
      yield {
        get id() {
          return idAfterCalls(2);
        },
      };
    }
    await source.sendMany(rows(), 5);
    await source.send(
      {
        get id() {
          return idAfterCalls(3);
        },
      },
      6,
    );
    const message =
      /position 9\d of the source "orders" was sent while the rows of position [56] were/;
    for (const call of nested) {
      await assert.rejects(call, { code: "POSITION", message });
    }
    assert.equal(nested.length, 9);
    await source.send({ id: 4 }, 7);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 2, 3, 4]);
    assert.equal(await scene.positionOf(), 8n);
  });

  it("may be made again if it failed, also together with others", async () => {
    await using scene = await open("id int, note text", { maxBufferedBytes: 100 });
    const { source, copier, name } = scene;
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${name}`);
    await source.send({ id: 0, note: "x".repeat(90) }, 0);
    const waiting = source.send({ id: 1 }, 1);
    const controllers = [2, 3, 4].map(() => new AbortController());
    const calls = controllers.map(({ signal }, index) =>
      source.send({ id: -1 }, index + 2, { signal }),
    );
    const failed = Promise.allSettled(calls);
    await eventually(() => copier.stats.bytesWaiting > 0, "rows wait for room");
    for (const index of [1, 0, 2]) {
      controllers[index]!.abort();
      await assert.rejects(calls[index]!);
    }
    await failed;
    const again = source.send({ id: 2 }, 2);
    await assert.rejects(source.send({ id: 2 }, 1), { code: "POSITION" });
    await client.query("COMMIT");
    client.release();
    await Promise.all([waiting, again]);
    await source.flush();
    assert.deepEqual(await scene.ids(), [0, 1, 2]);
    assert.equal(await scene.positionOf(), 3n);
  });

  it("names itself and its position if it is refused", async () => {
    await using scene = await open("id int");
    const { source } = scene;
    await source.advance(10);
    await source.advance(10);
    for (const position of [0, 5n]) {
      await assert.rejects(source.advance(position), {
        code: "POSITION",
        message: `the source "orders" cannot advance to ${position}, because it is at 10`,
      });
    }
    await assert.rejects(source.sendMany([], 10, { timeoutMs: 1 } as never), {
      message: 'Unknown option "timeoutMs": sendMany() takes { signal, invalid }',
    });
  });

  it("must not wait in onReject for what waits for that", async () => {
    const errors: unknown[] = [];
    const onReject = async (): Promise<void> => {
      const { source } = scene;
      for (const call of [() => source.flush(), () => source.close()]) {
        await call().catch((error: unknown) => errors.push(error));
      }
    };
    const scene: SourceScene = await open("id int CHECK (id <> 13)", { onReject });
    await using _ = scene;
    await scene.source.send({ id: 13 }, 0);
    await scene.source.send({ id: 14 }, 1);
    await scene.source.flush();
    assert.deepEqual(errors.map(String), [
      "Error: flush() of a source must not be called in onReject, which it waits for",
      "Error: close() of a source must not be called in onReject, which it waits for",
    ]);
    await scene.source.send({ id: 15 }, 2);
    await scene.source.close();
    assert.deepEqual(await scene.ids(), [14, 15]);
  });
});

describe("flush() of a source", () => {
  it("resolves when the rows can be read, and are counted", async () => {
    const rejections: Rejection<AnyRow>[] = [];
    await using scene = await open("id int CHECK (id <> 13)", {
      onReject: (rejection) => void rejections.push(rejection),
    });
    const { source, copier } = scene;
    let rejected = 0;
    for (let id = 0; id < 30; id++) {
      await source.send({ id: id % 14 }, id);
      rejected += id % 14 === 13 ? 1 : 0;
      await source.flush();
      assert.equal(copier.stats.rowsCommitted, id + 1 - rejected);
      assert.equal(copier.stats.rowsRejected, rejected);
      assert.equal(copier.stats.rowsBuffered, 0);
      assert.equal(rejections.length, rejected);
    }
  });
});

describe("close() of a source", () => {
  it("refuses calls that wait for a look at the table, and waits for the others", async () => {
    await using scene = await open("id int, note varchar(2)");
    const { source, name } = scene;
    await source.send({ id: 0 }, 0);
    await db.pool.query(`ALTER TABLE ${name} ALTER note TYPE text`);
    const calls = [
      source.send({ id: 1, note: "long" }, 1),
      source.send({ id: 2 }, 2),
      source.sendMany([{ id: 3 }], 3),
      source.advance(9),
    ];
    await Promise.all([
      ...calls.map((call) => assert.rejects(call, { message: "the source is closed" })),
      source.close(),
    ]);
    assert.deepEqual(await scene.ids(), [0]);
    assert.equal(await scene.positionOf(), 1n);
  });
});

describe("close() of a copier", () => {
  it("names the source if rows of none are in doubt together with its rows", async () => {
    const scene = await open("id int");
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${scene.name}`);
    await scene.copier.send({ id: 1 });
    await scene.source.send({ id: 2 }, 0);
    const lost = assert.rejects(scene.source.flush(), {
      code: "OUTCOME_UNKNOWN",
      source: "orders",
    });
    await assert.rejects(scene.copier.close({ timeoutMs: 500 }), (error) => {
      assert.ok(error instanceof UndeliveredError);
      assert.deepEqual(error.inDoubt, [{ xid: undefined, source: "orders", rows: [{ id: 1 }] }]);
      return true;
    });
    await lost;
    await client.query("ROLLBACK");
    client.release();
  });
});

describe("source()", () => {
  it("is refused by a closed copier, and claims nothing", async () => {
    await using scene = await open("id int");
    const former = await scene.connect({ databaseUrl: undefined, pool: db.pool });
    await former.close();
    await assert.rejects(former.source("orders"), { code: "CLOSED" });
    await scene.source.send({ id: 1 }, 0);
    await scene.source.flush();
  });
});
