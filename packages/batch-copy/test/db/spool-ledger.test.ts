import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { LedgerEntry } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { collectWarnings } from "../helpers/spooled/collect-warnings.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes, type SpooledScene } from "../helpers/spooled/spooled-scene.js";
import { within } from "../helpers/spooled/within.js";

const db = useDatabase();
const open = spooledScenes(db);

describe("a ledger that does not fit to what a killed process has left", () => {
  it("because it has forgotten the source: the rows stay, with a warning that says so", async () => {
    const scene = await open();
    await scene.die(numbered(0, 10));
    await db.pool.query(`DELETE FROM ${scene.ledger} WHERE source LIKE 'spool/%'`);
    await collectWarnings(/the ledger has forgotten the source/, async (told) => {
      await using copier = await scene.connect();
      await copier.insert({ id: 100, note: "n" });
      await eventually(() => told.length > 0, "there is a warning");
    });
    assert.deepEqual(
      (await scene.ids()).filter((id) => id >= 100),
      [100],
    );
    assert.equal((await scene.entries()).length > 0, true);
  });

  it("because it is beyond the files: the rows stay, with a warning that says so", async () => {
    const scene = await open();
    await scene.die(numbered(0, 10));
    await db.pool.query(`UPDATE ${scene.ledger} SET position = 1000 WHERE source LIKE 'spool/%'`);
    await collectWarnings(/but its files end at 10/, async (told) => {
      await using copier = await scene.connect();
      await copier.insert({ id: 100, note: "n" });
      await eventually(() => told.length > 0, "there is a warning");
    });
    assert.deepEqual(await scene.ids(), [100]);
  });

  it("because a backup was restored: what it lacks is written again, as far as it is on disk", async () => {
    const scene = await open();
    const sender = await scene.startProcess();
    await sender.send(numbered(0, 10));
    await eventually(async () => (await scene.ids()).length === 10, "the rows are there");
    await sender.kill();
    // Files of rows that are committed are removed only with their whole segment.
    await db.pool.query(`DELETE FROM ${scene.name} WHERE id >= 4`);
    await db.pool.query(`UPDATE ${scene.ledger} SET position = 4 WHERE source LIKE 'spool/%'`);
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 10));
  });
});

describe("a ledger that changes while a copier with a spool runs", () => {
  it("because a backup was restored: what it lacks is written again, with a warning", async () => {
    const scene = await open();
    await using copier = await scene.connect();
    await copier.sendMany(numbered(0, 10));
    await copier.flush();
    await db.pool.query(`DELETE FROM ${scene.name} WHERE id >= 4`);
    await db.pool.query(`UPDATE ${scene.ledger} SET position = 4 WHERE source LIKE 'spool/%'`);
    await collectWarnings(/the server has lost rows/, async (told) => {
      await copier.sendMany(numbered(10, 20));
      await eventually(async () => (await scene.ids()).length === 20, "all are written");
      assert.equal(told.length, 1);
    });
    await copier.flush();
    assert.deepEqual(await scene.ids(), idsOf(0, 20));
    await copier.close();
    assert.deepEqual(await scene.entries(), []);
    assert.deepEqual(await scene.sources(), []);
  });

  describe("because somebody has removed the source:", () => {
    async function forget({ ledger }: SpooledScene): Promise<LedgerEntry> {
      const [source] = await db.rows<LedgerEntry>(
        `DELETE FROM ${ledger} WHERE source LIKE 'spool/%' RETURNING *`,
      );
      return source!;
    }

    /** What the error asks for. */
    async function insertAgain({ name, ledger }: SpooledScene, source: string): Promise<void> {
      await db.pool.query(
        `INSERT INTO ${ledger} (source, owner, session, position)
         SELECT $1, gen_random_uuid(), gen_random_uuid(), count(*) FROM ${name}`,
        [source],
      );
    }

    it("flush() says what to do, and rows go on once it is done", async () => {
      const scene = await open();
      await using copier = await scene.connect();
      await copier.sendMany(numbered(0, 10));
      await copier.flush();
      const { source } = await forget(scene);
      await copier.sendMany(numbered(10, 20));
      const expected = {
        name: "SpoolError",
        message: new RegExp(`${source}: .* Insert its row into the ledger`),
      };
      await assert.rejects(within(8, copier.flush(), "flush()"), expected);
      await copier.send({ id: 20, note: "n" });
      await assert.rejects(within(8, copier.flush(), "flush()"), expected);
      assert.deepEqual(await scene.ids(), idsOf(0, 10));
      await insertAgain(scene, source);
      await eventually(async () => (await scene.ids()).length === 21, "the others are there");
      await copier.insert({ id: 21, note: "n" });
      await copier.flush();
      assert.deepEqual(await scene.ids(), idsOf(0, 22));
      await copier.close();
      assert.deepEqual(await scene.entries(), []);
      assert.deepEqual(await scene.sources(), []);
    });

    for (const options of [{}, { timeoutMs: 8000 }]) {
      it(`close(${JSON.stringify(options)}) says so, and leaves the rows on disk`, async () => {
        const scene = await open();
        const copier = await scene.connect();
        await copier.sendMany(numbered(0, 10));
        await copier.flush();
        const { source } = await forget(scene);
        await copier.sendMany(numbered(10, 20));
        await assert.rejects(within(7, copier.close(options), "close()"), {
          name: "SpoolError",
          message: /Insert its row/,
        });
        await insertAgain(scene, source);
        await scene.deliver();
        assert.deepEqual(await scene.ids(), idsOf(0, 20));
        assert.deepEqual(await scene.entries(), []);
      });
    }

    it("close() ends calls of insert() that wait: their rows are on disk", async () => {
      const scene = await open();
      const copier = await scene.connect();
      await copier.insert({ id: 0, note: "n" });
      const { source } = await forget(scene);
      await copier.send({ id: 1, note: "n" });
      await assert.rejects(copier.flush(), { name: "SpoolError" });
      const inserting = copier.insert({ id: 2, note: "n" });
      const told = assert.rejects(inserting, { name: "TimeoutError", accepted: true });
      await assert.rejects(within(7, copier.close(), "close()"), { name: "SpoolError" });
      await within(1, told, "insert()");
      await insertAgain(scene, source);
      await scene.deliver();
      assert.deepEqual(await scene.ids(), idsOf(0, 3));
    });

    it("flush() and close() say so, too, while the spool is full", async () => {
      const scene = await open();
      const spool = { directory: scene.directory, maxBytes: 2 ** 20 };
      const copier = await scene.connect({ spool });
      await copier.insert({ id: 0, note: "n" });
      const { source } = await forget(scene);
      let told: Promise<void> | undefined;
      await collectWarnings(/maxBytes/, async (warnings) => {
        const sending = copier.sendMany(numbered(1, 3000, "x".repeat(1000)));
        told = assert.rejects(sending, { name: "SpoolError", message: /was closed/ });
        await eventually(() => warnings.length > 0, "the spool is full");
      });
      const expected = { name: "SpoolError", message: /Insert its row/ };
      await assert.rejects(within(8, copier.flush(), "flush()"), expected);
      await assert.rejects(within(8, copier.close(), "close()"), expected);
      await within(1, told!, "sendMany()");
      await insertAgain(scene, source);
      await scene.deliver();
      const ids = await scene.ids();
      assert.deepEqual(ids, idsOf(0, ids.length));
    });

    it("close({ timeoutMs: 0 }) leaves the rows on disk", async () => {
      const scene = await open();
      const copier = await scene.connect();
      await copier.insert({ id: 0, note: "n" });
      const { source } = await forget(scene);
      await copier.sendMany(numbered(1, 20));
      await within(7, copier.close({ timeoutMs: 0 }), "close()");
      await insertAgain(scene, source);
      await scene.deliver();
      assert.deepEqual(await scene.ids(), idsOf(0, 20));
    });
  });
});

describe("a restored backup without rows whose files are removed", () => {
  const note = "x".repeat(1000);

  it("causes a warning; the others are written again", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: 2 ** 20 };
    const sender = await scene.startProcess({ spool });
    for (let first = 0; first < 3000; first += 100) {
      await sender.send(numbered(first, first + 100, note));
    }
    await eventually(async () => (await scene.ids()).length === 3000, "the rows are there");
    await sender.kill();
    await db.pool.query(`TRUNCATE ${scene.name}`);
    await db.pool.query(`UPDATE ${scene.ledger} SET position = 0 WHERE source LIKE 'spool/%'`);
    const warnings = await collectWarnings(/the server has lost rows/, () => scene.deliver());
    const ids = (await scene.ids()).toSorted((a, b) => a - b);
    assert.ok(ids[0]! > 1000, `those from ${ids[0]} on are there`);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, new RegExp(` ${ids[0]} by now `));
    assert.deepEqual(ids, idsOf(ids[0]!, 3000));
  });

  it("loses none of them within retainMs", async () => {
    const scene = await open();
    const spool = { directory: scene.directory, maxBytes: 16 * 2 ** 20, retainMs: 60_000 };
    const sender = await scene.startProcess({ spool });
    for (let first = 0; first < 6000; first += 500) {
      await sender.send(numbered(first, first + 500, note));
    }
    await eventually(async () => (await scene.ids()).length === 6000, "the rows are there");
    await sender.kill();
    await db.pool.query(`TRUNCATE ${scene.name}`);
    await db.pool.query(`UPDATE ${scene.ledger} SET position = 0 WHERE source LIKE 'spool/%'`);
    await scene.deliver();
    const ids = await scene.ids();
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      idsOf(0, 6000),
    );
  });
});
