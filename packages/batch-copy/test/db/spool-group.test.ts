import assert from "node:assert/strict";
import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, it } from "node:test";

import { int4, text, type Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes, type SpooledScene } from "../helpers/spooled/spooled-scene.js";
import { within } from "../helpers/spooled/within.js";

const db = useDatabase();
const open = spooledScenes(db);
const MIB = 2 ** 20;

async function tablesOf(scene: SpooledScene, count: number): Promise<string[]> {
  const tables = [scene.name];
  while (tables.length < count) {
    tables.push(await scene.newTable());
  }
  return tables;
}

/** Several connections write to a table at once. */
function sorted(ids: readonly number[]): readonly number[] {
  return ids.toSorted((a, b) => a - b);
}

async function segmentsIn(directory: string): Promise<readonly string[]> {
  const names = await readdir(directory, { recursive: true });
  return names.filter((name) => basename(name).startsWith("segment-"));
}

/** Files that are removed meanwhile have none. */
async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await segmentsIn(directory)) {
    bytes += await stat(join(directory, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}

describe("a group with a spool", () => {
  it("writes rows to the tables that they are routed to, each in order", async () => {
    const scene = await open();
    const tables = await tablesOf(scene, 20);
    await using group = await scene.connectGroup();
    await Promise.all(idsOf(0, 2000).map((id) => group.send(tables[id % 20]!, { id, note: "n" })));
    await group.insert(scene.name, { id: 2000, note: "n" });
    await group.flush();
    for (const [place, table] of tables.entries()) {
      const expected = idsOf(0, 2001).filter((id) => id % 20 === place);
      assert.deepEqual(await scene.ids(table), expected);
    }
    assert.equal(group.stats.rowsCommitted, 2001);
    assert.equal((await scene.entries()).length, 1);
    await group.close();
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("is not held up by a table that is locked, in this life or the next", async () => {
    const scene = await open();
    const [locked, free] = (await tablesOf(scene, 2)) as [string, string];
    const unlock = await scene.lock(locked);
    const sender = await scene.startGroupProcess();
    const unlockFree = await scene.lock(free);
    await sender.send(numbered(0, 100), locked);
    await sender.send(numbered(0, 100), free);
    await sender.kill();
    await unlockFree();
    await using group = await scene.connectGroup();
    await group.send(locked, { id: 100, note: "n" });
    await within(10, group.insert(free, { id: 100, note: "n" }), "insert()");
    assert.deepEqual(await scene.ids(free), idsOf(0, 101));
    await unlock();
    await group.flush();
    assert.deepEqual(await scene.ids(locked), idsOf(0, 101));
  });

  it("is not held up by a table of a former life that is gone", async () => {
    const scene = await open();
    const [gone, there] = (await tablesOf(scene, 2)) as [string, string];
    const unlocks = [await scene.lock(gone), await scene.lock(there)];
    const sender = await scene.startGroupProcess();
    await sender.send(numbered(0, 10), gone);
    await sender.send(numbered(0, 10), there);
    await sender.kill();
    for (const unlock of unlocks) {
      await unlock();
    }
    await db.pool.query(`ALTER TABLE ${gone} RENAME TO ${gone.split(".")[1]}_away`);
    await using group = await scene.connectGroup();
    await group.insert(there, { id: 10, note: "n" }, { timeoutMs: 5000 });
    assert.deepEqual(await scene.ids(there), idsOf(0, 11));
  });

  it("gives a table that stands still no more than its share of maxBytes", async () => {
    const scene = await open();
    const [locked, free] = (await tablesOf(scene, 2)) as [string, string];
    const spool = { directory: scene.directory, maxBytes: 8 * MIB };
    const group = await scene.connectGroup({ spool, maxBufferedBytes: MIB });
    const unlock = await scene.lock(locked);
    const copier = await group.copier<{ id: number; note: string }>(locked);
    const note = "x".repeat(1024);
    const sending = copier.sendMany(idsOf(0, 20 * 1024).map((id) => ({ id, note })));
    await new Promise((resolve) => setTimeout(resolve, 1000));
    try {
      await group.insert(free, { id: 1, note: "n" }, { timeoutMs: 3000 });
    } finally {
      await unlock();
      await sending;
      await group.close();
    }
    assert.deepEqual(sorted(await scene.ids(locked)), idsOf(0, 20 * 1024));
  });

  it("goes on for ever within maxBytes beside a table that stands still", async () => {
    const scene = await open();
    const [locked, free] = (await tablesOf(scene, 2)) as [string, string];
    const spool = { directory: scene.directory, maxBytes: MIB };
    const group = await scene.connectGroup({ spool, maxBufferedBytes: MIB });
    const unlock = await scene.lock(locked);
    const slow = await group.copier<{ id: number; note: string }>(locked);
    const fast = await group.copier<{ id: number; note: string }>(free);
    const note = "x".repeat(1024);
    const row = (id: number): { id: number; note: string } => ({ id, note });
    let most = 0;
    // More than it may hold, in segments with the first rows of the other one.
    const trickling = slow.sendMany(idsOf(0, 1024).map(row));
    for (let part = 0; part < 128; part++) {
      await within(10, fast.sendMany(idsOf(part * 128, (part + 1) * 128).map(row)), "sendMany()");
      most = Math.max(most, await bytesIn(spool.directory));
    }
    assert.ok(most > MIB / 2 && most <= MIB, `${most} bytes`);
    assert.ok((await segmentsIn(spool.directory)).length < 20);
    await unlock();
    await trickling;
    await group.close();
    assert.deepEqual(sorted(await scene.ids(locked)), idsOf(0, 1024));
    assert.deepEqual(sorted(await scene.ids(free)), idsOf(0, 128 * 128));
    assert.deepEqual(await scene.entries(), []);
  });

  it("makes room in what a former life has left beside a table that stands still", async () => {
    const scene = await open();
    const [locked, free, other] = (await tablesOf(scene, 3)) as [string, string, string];
    const spool = { directory: scene.directory, maxBytes: MIB };
    const unlock = await scene.lock(locked);
    const unlocks = [await scene.lock(free), await scene.lock(other)];
    const sender = await scene.startGroupProcess({ spool });
    const note = "x".repeat(1024);
    for (let part = 0; part < 10; part++) {
      await sender.send(numbered(part * 10, (part + 1) * 10, note), locked);
      await sender.send(numbered(part * 22, (part + 1) * 22, note), free);
      await sender.send(numbered(part * 22, (part + 1) * 22, note), other);
    }
    await sender.kill();
    // More than half of maxBytes: files with little else than rows of the free tables are rewritten.
    const left = await bytesIn(scene.directory);
    await using group = await scene.connectGroup({ spool });
    // They count for maxBytes.
    assert.ok(group.stats.spool!.bytes >= left);
    for (const unlockOne of unlocks) {
      await unlockOne();
    }
    const hasRoom = async (): Promise<boolean> => (await bytesIn(scene.directory)) < left - MIB / 4;
    await eventually(hasRoom, "there is room", 20);
    const copier = await group.copier<{ id: number; note: string }>(free);
    for (let part = 220; part < 4020; part += 100) {
      const rows = idsOf(part, part + 100).map((id) => ({ id, note }));
      await within(10, copier.sendMany(rows), "sendMany()");
      const bytes = await bytesIn(scene.directory);
      assert.ok(bytes <= MIB, `${bytes} bytes`);
    }
    await unlock();
    await group.flush();
    await group.close();
    assert.deepEqual(sorted(await scene.ids(locked)), idsOf(0, 100));
    assert.deepEqual(sorted(await scene.ids(free)), idsOf(0, 4020));
    assert.deepEqual(sorted(await scene.ids(other)), idsOf(0, 220));
    assert.deepEqual(await scene.entries(), []);
  });

  it("opens a table again that was closed, also with other options", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await using group = await scene.connectGroup();
    const first = await group.copier(scene.name);
    await first.sendMany(numbered(0, 10));
    await first.close();
    assert.deepEqual(await scene.ids(), idsOf(0, 10));
    const second = await group.copier(scene.name, { onConflict: { update: "all" } });
    await second.sendMany(numbered(5, 15, "again"));
    await second.close();
    await group.send(scene.name, { id: 20, note: "n" });
    await group.flush();
    const [found] = await db.rows(
      `SELECT count(*)::int AS rows, count(*) FILTER (WHERE note = 'again')::int AS again FROM ${scene.name}`,
    );
    assert.deepEqual(found, { rows: 16, again: 10 });
    await group.close();
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("keeps apart what a table was opened with, when it is killed", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (1, 'old')`);
    await scene.die([{ id: 1, note: "rejected" }]);
    await scene.die([{ id: 1, note: "new" }], { onConflict: { update: "all" } });
    const group = await scene.connectGroup();
    await within(8, group.close(), "close()");
    assert.deepEqual(await db.rows(`SELECT * FROM ${scene.name}`), [{ id: 1, note: "new" }]);
    assert.deepEqual(
      (await scene.letters()).map(({ row }) => row),
      [{ id: "1", note: "rejected" }],
    );
  });

  it("tells its own onReject of rows of tables that only a former life used", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    const options = { deadLetters: undefined };
    const unlock = await scene.lock();
    const sender = await scene.startGroupProcess(options);
    await sender.send([...numbered(0, 5), ...numbered(0, 5)], scene.name);
    await sender.kill();
    await unlock();
    const rejected: Rejection[] = [];
    const group = await scene.connectGroup({
      ...options,
      onReject: (rejection) => void rejected.push(rejection),
    });
    await within(8, group.close(), "close()");
    assert.deepEqual(
      rejected.map(({ row }) => row),
      numbered(0, 5),
    );
    assert.ok(rejected.every(({ table }) => table.includes(scene.name.split(".")[1]!)));
  });

  it("flushes rows of former lives of all tables", async () => {
    const scene = await open();
    await scene.die(numbered(0, 100));
    await using group = await scene.connectGroup();
    await group.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 100));
  });

  it("takes definitions", async () => {
    const scene = await open();
    const definition = await db.create("defined", { id: int4, note: text.nullable() });
    await using group = await scene.connectGroup();
    await group.send(definition, { id: 1 });
    await group.insert(definition, { id: 2, note: "x" });
    assert.deepEqual(await scene.ids(`${db.schema}.defined`), [1, 2]);
  });

  it("refuses sources, and says why", async () => {
    const scene = await open();
    await using group = await scene.connectGroup();
    await assert.rejects(group.source("orders", { start: 0 }), { code: "INVALID_OPTION" });
  });

  it("adopts the stream of a process that dies while it runs, for tables that it has never opened", async () => {
    const scene = await open();
    const other = await scene.newTable();
    await using group = await scene.connectGroup();
    await group.insert(scene.name, { id: 0, note: "n" });
    const unlock = await scene.lock(other);
    const sender = await scene.startGroupProcess();
    await sender.send(numbered(0, 10), other);
    await sender.kill();
    await unlock();
    await eventually(
      async () => (await scene.ids(other)).length === 10,
      "the rows of the dead are there",
      20,
    );
  });
});
