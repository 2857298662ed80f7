import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { promisify } from "node:util";

import { TimeoutError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { collectWarnings } from "../helpers/spooled/collect-warnings.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";
import { within } from "../helpers/spooled/within.js";

const db = useDatabase();
const open = spooledScenes(db);
const execute = promisify(execFile);
/** Nobody listens there. */
const AWAY = "postgres://postgres@127.0.0.1:1/postgres";
const INDEX = JSON.stringify(new URL("../../dist/index.js", import.meta.url).href);

function isTimeout(error: unknown): boolean {
  return error instanceof TimeoutError && error.accepted;
}

describe("close() of a copier with a spool", () => {
  it("leaves on disk what is not written after timeoutMs, and says so", async () => {
    const scene = await open();
    const copier = await scene.connect();
    await copier.insert({ id: 0, note: "n" });
    const unlock = await scene.lock();
    await copier.sendMany(numbered(1, 100));
    const warnings = await collectWarnings(/rows are left/, async () => {
      await within(5, copier.close({ timeoutMs: 100 }), "close()");
    });
    await unlock();
    assert.match(warnings.join(), /99 rows are left/);
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 100));
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("ends insert()s after timeoutMs, whose rows are on disk", async () => {
    const scene = await open();
    const copier = await scene.connect();
    const unlock = await scene.lock();
    const inserts = numbered(0, 10).map((row) => copier.insert(row));
    const told = inserts.map((insert) => assert.rejects(insert, isTimeout));
    await within(5, copier.close({ timeoutMs: 200 }), "close()");
    await within(1, Promise.all(told), "the end of the calls");
    await unlock();
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 10));
  });

  it("can be ended sooner by a further call", async () => {
    const scene = await open();
    const copier = await scene.connect();
    const unlock = await scene.lock();
    await copier.sendMany(numbered(0, 10));
    const first = copier.close();
    await within(5, copier.close({ timeoutMs: 50 }), "the second close()");
    await first;
    await unlock();
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 10));
  });

  it("writes everything within timeoutMs if nothing is in the way", async () => {
    const scene = await open();
    const copier = await scene.connect({ flushIntervalMs: 60_000 });
    const sent = numbered(0, 1000).map((row) => copier.send(row));
    await copier.close({ timeoutMs: 5000 });
    await Promise.all(sent);
    assert.deepEqual(await scene.ids(), idsOf(0, 1000));
    assert.deepEqual(await scene.entries(), []);
  });

  it("leaves rows of all tables of a group", async () => {
    const scene = await open();
    const other = await scene.newTable();
    const group = await scene.connectGroup();
    const unlock = await scene.lock();
    for (const row of numbered(0, 20)) {
      await group.send(scene.name, row);
      await group.send(other, row);
    }
    const insert = assert.rejects(group.insert(scene.name, { id: 20, note: "n" }), isTimeout);
    await within(8, group.close({ timeoutMs: 500 }), "close()");
    await insert;
    assert.deepEqual(await scene.ids(other), idsOf(0, 20));
    await unlock();
    const next = await scene.connectGroup();
    await within(8, next.close(), "close()");
    assert.deepEqual(await scene.ids(), idsOf(0, 21));
    assert.deepEqual(await scene.ids(other), idsOf(0, 20));
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  it("leaves rows of a former life, too", async () => {
    const scene = await open();
    await scene.die(numbered(0, 10));
    const unlock = await scene.lock();
    const sender = await scene.startProcess();
    await sender.send(numbered(10, 20));
    try {
      await within(8, sender.close(100), "close()");
    } finally {
      await sender.kill();
      await unlock();
    }
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 20));
    assert.deepEqual(await scene.entries(), []);
  });

  it("says so before it resolves, for who ends the process then", async () => {
    const { directory } = await open();
    const options = { databaseUrl: AWAY, spool: { directory }, deadLetters: "letters" };
    const program = `
      import { Copier, int4, table } from ${INDEX};
      const copier = await Copier.connect(table("t", { id: int4 }), ${JSON.stringify(options)});
      await copier.sendMany([{ id: 1 }, { id: 2 }]);
      await copier.close({ timeoutMs: 0 });
      process.exit();
    `;
    const args = ["--input-type=module", "--eval", program];
    const { stderr } = await execute(process.execPath, args, { timeout: 8000 });
    assert.match(stderr, /2 rows are left/);
  });

  it("lets the process end, though rows are left", async () => {
    const scene = await open();
    const unlock = await scene.lock();
    const sender = await scene.startProcess();
    await sender.send(numbered(0, 10));
    await within(8, sender.close(100), "the end of the process");
    await unlock();
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 10));
  });
});
