import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { EncodeError, type Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { collectWarnings } from "../helpers/spooled/collect-warnings.js";
import { idsOf, numbered } from "../helpers/spooled/numbered.js";
import { spooledScenes } from "../helpers/spooled/spooled-scene.js";

const db = useDatabase();
const open = spooledScenes(db);

describe("a table that has changed since a process was killed", () => {
  it("has a wider type: rows are encoded anew", async () => {
    const scene = await open();
    await scene.die(numbered(0, 10));
    await db.pool.query(`ALTER TABLE ${scene.name} ALTER id TYPE bigint`);
    await scene.deliver();
    assert.deepEqual((await scene.ids()).map(Number), idsOf(0, 10));
  });

  it("has a further column with a default: rows get it", async () => {
    const scene = await open();
    await scene.die(numbered(0, 2));
    await db.pool.query(`ALTER TABLE ${scene.name} ADD more int NOT NULL DEFAULT 7`);
    await scene.deliver();
    assert.deepEqual(await db.rows(`SELECT * FROM ${scene.name} ORDER BY id`), [
      { id: 0, note: "n", more: 7 },
      { id: 1, note: "n", more: 7 },
    ]);
  });

  it("has a narrower type: rows that do not fit any more are dead letters with an EncodeError", async () => {
    const scene = await open("id bigint, note text");
    await scene.die([
      { id: 1n, note: "n" },
      { id: 2n ** 40n, note: "n" },
      { id: 3n, note: "n" },
    ]);
    await db.pool.query(`ALTER TABLE ${scene.name} ALTER id TYPE int`);
    await scene.deliver();
    assert.deepEqual(await scene.ids(), [1, 3]);
    const letters = await scene.letters();
    assert.deepEqual(
      letters.map(({ code, row, column_name }) => ({ code, row, column_name })),
      [
        {
          code: "ENCODE_FAILED",
          row: { id: "1099511627776", note: "n" },
          column_name: "id",
        },
      ],
    );
    assert.deepEqual(await scene.entries(), []);
  });

  it("has a narrower type: rows that do not fit any more go to onReject with an EncodeError", async () => {
    const scene = await open("id bigint, note text");
    const options = { deadLetters: undefined };
    await scene.die(
      [
        { id: 1n, note: "n" },
        { id: 2n ** 40n, note: "n" },
      ],
      options,
    );
    await db.pool.query(`ALTER TABLE ${scene.name} ALTER id TYPE int`);
    const rejected: Rejection[] = [];
    await scene.deliver({
      ...options,
      onReject: (rejection) => void rejected.push(rejection),
    });
    assert.deepEqual(await scene.ids(), [1]);
    assert.deepEqual(
      rejected.map(({ row }) => row),
      [{ id: 2n ** 40n, note: "n" }],
    );
    assert.ok(rejected[0]!.error instanceof EncodeError);
  });

  it("has a column less: rows are dead letters with an EncodeError, and later ones are written", async () => {
    const scene = await open("id int, note text, gone int");
    await scene.die([
      { id: 1, note: "n", gone: 5 },
      { id: 2, note: "n", gone: 6 },
    ]);
    await db.pool.query(`ALTER TABLE ${scene.name} DROP gone`);
    await using copier = await scene.connect();
    await copier.insert({ id: 3, note: "n" }, { timeoutMs: 5000 });
    await copier.flush();
    const letters = await scene.letters();
    assert.deepEqual(
      letters.map(({ code, row, column_name }) => ({ code, row, column_name })),
      ["5", "6"].map((gone, index) => {
        const row = { id: `${index + 1}`, note: "n", gone };
        return { code: "ENCODE_FAILED", row, column_name: "gone" };
      }),
    );
    assert.deepEqual(await scene.ids(), [3]);
    await copier.close();
    assert.deepEqual(await scene.entries(), []);
  });

  it("is gone: its rows stay on disk, with a warning, and are written when it is there again", async () => {
    const scene = await open();
    const other = await scene.newTable();
    const unlock = await scene.lock(other);
    const sender = await scene.startGroupProcess();
    await sender.send(numbered(0, 10), other);
    await sender.kill();
    await unlock();
    await db.pool.query(`ALTER TABLE ${other} RENAME TO ${other.split(".")[1]}_away`);
    const warnings = await collectWarnings(/stored rows wait/, async (told) => {
      await using copier = await scene.connect();
      await copier.insert({ id: 1, note: "n" });
      await eventually(() => told.length > 0, "there is a warning");
    });
    assert.match(warnings[0]!, new RegExp(other.split(".")[1]!));
    assert.deepEqual(await scene.ids(), [1]);
    assert.notDeepEqual(await scene.entries(), []);
    await db.pool.query(`ALTER TABLE ${other}_away RENAME TO ${other.split(".")[1]}`);
    await scene.deliver();
    assert.deepEqual(await scene.ids(other), idsOf(0, 10));
    assert.deepEqual(await scene.entries(), []);
  });

  it("was made again: its rows are in the new one", async () => {
    const scene = await open();
    await scene.die(numbered(0, 10));
    await db.pool.query(`DROP TABLE ${scene.name}`);
    await db.pool.query(`CREATE TABLE ${scene.name} (note text, id int)`);
    await scene.deliver();
    assert.deepEqual(await scene.ids(), idsOf(0, 10));
  });
});
