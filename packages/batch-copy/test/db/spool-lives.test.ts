import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { RowRejectedError, type Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";

const db = useDatabase();
const open = spooledScenes(db);

describe("rows of a killed process", () => {
  it("are written by the next one, once and in order, before its own", async () => {
    const scene = await open();
    await scene.die(numbered(0, 300));
    await using copier = await scene.connect();
    await copier.sendMany(numbered(300, 400));
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 400));
  });

  it("are written though nothing else is sent, and leave nothing behind", async () => {
    const scene = await open();
    await scene.die(numbered(0, 300));
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 300));
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("are covered by flush(), also before anything else is sent", async () => {
    const scene = await open();
    await scene.die(numbered(0, 300));
    await using copier = await scene.connect();
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 300));
  });

  it("do not wait for flushIntervalMs", async () => {
    const scene = await open();
    await scene.die(numbered(0, 300));
    await scene.deliver({ flushIntervalMs: 60_000 });
    assert.deepEqual(await scene.ids(), idsOf(0, 300));
  });

  it("do not let an insert() wait for flushIntervalMs", async () => {
    const scene = await open();
    await scene.die(numbered(0, 300));
    await using copier = await scene.connect({ flushIntervalMs: 6000 });
    await copier.insert({ id: 300, note: "n" }, { timeoutMs: 4000 });
    assert.deepEqual(await scene.ids(), idsOf(0, 301));
  });

  it("are written in the order of their lives", async () => {
    const scene = await open();
    const unlock = await scene.lock();
    for (let life = 0; life < 4; life++) {
      // Former streams that wait for the lock take some.
      const sender = await scene.startProcess({ connections: 8 });
      await sender.send(numbered(life * 100, life * 100 + 100));
      await sender.kill();
    }
    await unlock();
    await using copier = await scene.connect();
    await copier.insert({ id: 400, note: "n" });
    assert.deepEqual(await scene.ids(), idsOf(0, 401));
  });

  it("do not keep a copier from being connected while their table is locked", async () => {
    const scene = await open();
    await scene.die(numbered(0, 5));
    await scene.die(numbered(5, 10));
    const unlock = await scene.lock();
    const connecting = scene.connect({ poolTimeoutMs: 5000 });
    try {
      const copier = await connecting;
      await copier.send({ id: 10, note: "n" });
    } finally {
      await unlock();
    }
    await (await connecting).close();
    assert.deepEqual(await scene.ids(), idsOf(0, 11));
  });

  it("that were committed in part are written from there on", async () => {
    const scene = await open();
    const sender = await scene.startProcess();
    await sender.send(numbered(0, 100));
    await eventually(async () => (await scene.ids()).length === 100, "the first are there");
    const unlock = await scene.lock();
    await sender.send(numbered(100, 200));
    await sender.kill();
    await unlock();
    await using copier = await scene.connect();
    await copier.insert({ id: 200, note: "n" });
    assert.deepEqual(await scene.ids(), idsOf(0, 201));
  });

  it("are written by a process that runs already when another one dies", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    await copier.send({ id: 1000, note: "n" });
    await scene.die(numbered(0, 100));
    await eventually(async () => (await scene.ids()).length === 101, "all are there", 20);
    assert.deepEqual(
      (await scene.ids()).filter((id) => id < 1000),
      idsOf(0, 100),
    );
    await copier.insert({ id: 1001, note: "n" });
  });

  it("that the server rejects become dead letters", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (5, 'old')`);
    await scene.die(numbered(0, 10));
    await scene.deliver();
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      idsOf(0, 10),
    );
    const letters = await scene.letters();
    assert.deepEqual(
      letters.map(({ table_name, row, sql_state }) => ({ table_name, row, sql_state })),
      [{ table_name: quoted(scene.name), row: { id: "5", note: "n" }, sql_state: "23505" }],
    );
  });

  it("that the server rejects are passed to onReject", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (5, 'old')`);
    const options = { deadLetters: undefined };
    await scene.die(numbered(0, 10), options);
    const rejected: Rejection[] = [];
    await scene.deliver({
      ...options,
      onReject: (rejection) => void rejected.push(rejection),
    });
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      idsOf(0, 10),
    );
    assert.equal(rejected.length, 1);
    const [{ table, row, error }] = rejected as [Rejection];
    assert.deepEqual([table, row], [quoted(scene.name), { id: 5, note: "n" }]);
    assert.ok(error instanceof RowRejectedError);
    assert.equal(error.sqlState, "23505");
  });

  it("that onReject fails to take are passed to it again in the next life", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (5, 'old')`);
    const options = { deadLetters: undefined };
    await scene.die(numbered(0, 10), options);
    let asked = 0;
    const failing = await scene.connect({
      ...options,
      onReject: () => {
        asked++;
        return Promise.reject(new Error("it cannot be stored"));
      },
    });
    await eventually(() => asked > 0, "it is asked");
    await sleep(200);
    await Promise.allSettled([failing.close({ timeoutMs: 1000 })]);
    const rejected: unknown[] = [];
    await scene.deliver({ ...options, onReject: ({ row }) => void rejected.push(row) });
    assert.deepEqual(rejected, [{ id: 5, note: "n" }]);
    assert.deepEqual(
      (await scene.ids()).toSorted((a, b) => a - b),
      idsOf(0, 10),
    );
    assert.deepEqual(await scene.entries(), []);
  });

  it("go to the dead letters that they were sent with", async () => {
    const scene = await open("id int PRIMARY KEY, note text");
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (5, 'old')`);
    const former = `${scene.name}_former_letters`;
    await scene.die(numbered(0, 10), { deadLetters: former });
    await scene.deliver();
    assert.equal((await scene.letters(former)).length, 1);
    assert.equal((await scene.letters()).length, 0);
  });

  it("include those of insert() and group.send(), of all tables", async () => {
    const scene = await open();
    const other = await scene.newTable();
    const unlocks = [await scene.lock(), await scene.lock(other)];
    const sender = await scene.startGroupProcess();
    await sender.send(numbered(0, 50), scene.name);
    await sender.send(numbered(0, 70), other);
    await sender.kill();
    for (const unlock of unlocks) {
      await unlock();
    }
    // Only one of the tables is used by this life.
    await using copier = await scene.connect();
    await copier.insert({ id: 50, note: "n" });
    assert.deepEqual(await scene.ids(), idsOf(0, 51));
    await copier.close();
    assert.deepEqual(await scene.ids(other), idsOf(0, 70));
    assert.deepEqual(await scene.entries(), []);
  });

  it("that keep the names and columns with which they were sent", async () => {
    const scene = await open("url text, latency_ms int, note text DEFAULT 'default', hidden int");
    await scene.die(
      [
        { url: "/a", latencyMs: 1 },
        { url: "/b", latencyMs: null },
      ],
      { columns: ["url", "latencyMs"], names: "snake_case" },
    );
    // This life has other ones.
    await using copier = await scene.connect({ columns: ["note"] });
    await copier.insert({ note: "own" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${scene.name} ORDER BY ctid`), [
      { url: "/a", latency_ms: 1, note: "default", hidden: null },
      { url: "/b", latency_ms: null, note: "default", hidden: null },
      { url: null, latency_ms: null, note: "own", hidden: null },
    ]);
  });
});

describe("upserts of a killed process", () => {
  const columns = "id int PRIMARY KEY, note text, n int DEFAULT 0";
  const sent = [
    { id: 1, note: "a" },
    { id: 1, note: "b" },
    { id: 2, note: "c" },
  ];
  const chosen = ["id", "note"];

  for (const [what, onConflict, expected] of [
    ["all", { columns: ["id"], update: "all" }, ["1 b 0", "2 c 0", "3 old 0"]],
    ["a list", { columns: ["id"], update: ["note"] }, ["1 b 0", "2 c 0", "3 old 0"]],
    ["nothing", { update: "nothing" }, ["1 old 0", "2 c 0", "3 old 0"]],
    [
      "SQL",
      { columns: ["id"], update: { note: "t.note || excluded.note", n: "t.n + 1" } },
      ["1 oldab 2", "2 c 0", "3 old 0"],
    ],
    [
      "a condition",
      { columns: ["id"], update: "all", where: "excluded.note <> 'b'" },
      ["1 a 0", "2 c 0", "3 old 0"],
    ],
  ] as const) {
    it(`update ${what} as they would have then`, async () => {
      const scene = await open(columns);
      const name = scene.name.split(".")[1];
      const asWritten = JSON.parse(JSON.stringify(onConflict).replaceAll("t.", `${name}.`));
      await db.pool.query(`INSERT INTO ${scene.name} VALUES (1, 'old', 0), (3, 'old', 0)`);
      await scene.die(sent, { columns: chosen, onConflict: asWritten });
      // This life has no onConflict.
      await scene.deliver({ columns: chosen });
      const rows = await db.rows<{ row: string }>(
        `SELECT concat_ws(' ', id, note, n) AS row FROM ${scene.name} ORDER BY id`,
      );
      assert.deepEqual(
        rows.map(({ row }) => row),
        expected,
      );
      assert.deepEqual(await scene.letters(), []);
    });
  }
});

/** As messages have the name of a table: quoted. */
function quoted(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
}
