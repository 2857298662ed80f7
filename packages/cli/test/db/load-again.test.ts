import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";

import { run, type RunResult } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { skipWithout } from "../helpers/has-command.js";
import { runOnTerminal } from "../helpers/on-terminal.js";
import { useRole } from "../helpers/role.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();
const withRole = useRole(db);
const folder = useFolder();
let tables = 0;

/** A file of three rows, and a table for it. */
async function newLoad() {
  const name = `again_${tables++}`;
  const table = `${db.name}.${name}`;
  const path = folder.write(`${name}.csv`, "id\n1\n2\n3\n");
  await db.rows(`CREATE TABLE ${table} (id int)`);
  const args = (...options: string[]): string[] => ["load", path, "--into", table, ...options];
  return {
    path,
    table,
    args,
    load: (...options: string[]): Promise<RunResult> => run(args(...options)),
    ids: async (): Promise<number[]> => {
      const rows = await db.rows<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`);
      return rows.map(({ id }) => id);
    },
  };
}

describe("a file that was loaded", { concurrency: 3 }, () => {
  it("is refused, and loaded once more with --again", async () => {
    const { ids, load } = await newLoad();
    assert.equal((await load()).code, 0);
    const { code, stderr } = await load();
    assert.match(
      stderr,
      /^batch-copy: .*\.csv was loaded before: use --again to load it once more\n$/,
    );
    assert.equal(code, 2);
    assert.deepEqual(await ids(), [1, 2, 3]);
    assert.equal((await load("--again")).code, 0);
    assert.deepEqual(await ids(), [1, 1, 2, 2, 3, 3]);
    assert.equal((await load()).code, 2);
  });

  it("is not loaded with --resume, which says so", async () => {
    const { ids, load } = await newLoad();
    await load();
    const { code, stderr } = await load("--resume");
    assert.match(stderr, /is loaded already/);
    assert.equal(code, 0);
    assert.deepEqual(await ids(), [1, 2, 3]);
  });

  it("is loaded to its end also if its last line is rejected", async () => {
    const { ids, load, path } = await newLoad();
    writeFileSync(path, "id\n1\nx\n");
    assert.equal((await load()).code, 1);
    const { code, stderr } = await load("--resume");
    assert.match(stderr, /is loaded already/);
    assert.equal(code, 0);
    assert.deepEqual(await ids(), [1]);
  });

  it("is refused together with a new one, which is not loaded either", async () => {
    const { ids, load, path, table } = await newLoad();
    await load();
    const other = folder.write("other.csv", "id\n7\n");
    const { code, stderr } = await run(["load", other, path, "--into", table]);
    assert.equal(code, 2, stderr);
    assert.deepEqual(await ids(), [1, 2, 3]);
    const resumed = await run(["load", other, path, "--into", table, "--resume"]);
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.deepEqual(await ids(), [1, 2, 3, 7]);
  });

  it("can be loaded into another table", async () => {
    const first = await newLoad();
    const second = await newLoad();
    await first.load();
    const { code, stderr } = await run(["load", first.path, "--into", second.table]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(await second.ids(), [1, 2, 3]);
  });

  it("is known by its content, not by its name alone", async () => {
    const { ids, load, path } = await newLoad();
    await load();
    writeFileSync(path, "id\n4\n5\n");
    const resumed = await load("--resume");
    assert.equal(resumed.code, 2);
    assert.match(resumed.stderr, /has changed since it was loaded up to byte 9/);
    assert.equal((await load()).code, 0);
    assert.deepEqual(await ids(), [1, 2, 3, 4, 5]);
  });

  it("is refused if it has grown, and --resume loads what is new", async () => {
    const { ids, load, path } = await newLoad();
    await load();
    appendFileSync(path, "4\n5\n");
    const { code, stderr } = await load();
    assert.equal(code, 2);
    assert.match(
      stderr,
      /was loaded before, up to byte 9 of 13: use --resume to load the rest of it, or --again/,
    );
    assert.equal((await load("--resume")).code, 0);
    assert.deepEqual(await ids(), [1, 2, 3, 4, 5]);
  });

  it("in part is refused too", async () => {
    const { ids, load } = await newLoad();
    assert.equal((await load("--limit", "2")).code, 0);
    const { code, stderr } = await load();
    assert.equal(code, 2);
    assert.match(stderr, /was loaded before, up to byte 7 of 9/);
    assert.equal((await load("--resume")).code, 0);
    assert.deepEqual(await ids(), [1, 2, 3]);
  });

  it("is remembered where --ledger says, and nowhere else", async () => {
    const { ids, load, table } = await newLoad();
    const ledger = `${db.name}.positions`;
    assert.equal((await load("--ledger", ledger)).code, 0);
    const rows = await db.rows(`SELECT position::int FROM ${ledger} WHERE source LIKE $1`, [
      `load ${JSON.stringify(db.name)}.%`,
    ]);
    assert.deepEqual(rows, [{ position: 9 }]);
    assert.equal((await load("--ledger", ledger)).code, 2);
    assert.equal((await load()).code, 0, table);
    assert.equal((await ids()).length, 6);
  });
});

describe(
  "a file that was loaded, on a terminal",
  { skip: skipWithout("script"), concurrency: 3 },
  () => {
    it("is loaded once more if the user says yes", async () => {
      const { args, ids, load } = await newLoad();
      await load();
      const { code, text } = await runOnTerminal(args(), "y\r");
      assert.match(text, /was loaded before\. Load it once more\? \[y\/N\] /);
      assert.match(text, /Loaded 3 rows/);
      assert.equal(code, 0);
      assert.deepEqual(await ids(), [1, 1, 2, 2, 3, 3]);
    });

    it("is not if the user says no", async () => {
      const { args, ids, load } = await newLoad();
      await load();
      const { code, text } = await runOnTerminal(args(), "n\r");
      assert.match(text, /use --again to load it once more/);
      assert.equal(code, 2);
      assert.deepEqual(await ids(), [1, 2, 3]);
    });

    it("in part is loaded from there if the user says yes", async () => {
      const { args, ids, load } = await newLoad();
      await load("--limit", "1");
      const { code, text } = await runOnTerminal(args(), "y\r");
      assert.match(text, /was loaded before, up to byte 5 of 9\. Go on from there\? \[y\/N\] /);
      assert.match(text, /going on at byte 5/);
      assert.equal(code, 0);
      assert.deepEqual(await ids(), [1, 2, 3]);
    });
  },
);

describe("a load that cannot be resumed", () => {
  it("is made all the same where the user may not create a ledger", async () => {
    const { ids, path, table } = await newLoad();
    const grants = (role: string): string => `GRANT INSERT ON ${table} TO ${role}`;
    await withRole(grants, async (url) => {
      const args = ["load", path, "--into", table, "--database-url", url];
      const { code, stderr } = await run(args, { env: { DATABASE_URL: undefined } });
      assert.match(stderr, /Warning: This load cannot be resumed: /);
      assert.equal(code, 0, stderr);
      assert.deepEqual(await ids(), [1, 2, 3]);
      const named = await run([...args, "--ledger", `${db.name}.denied`]);
      assert.equal(named.code, 2, named.stderr);
      assert.match(named.stderr, /permission denied/);
      assert.deepEqual(await ids(), [1, 2, 3]);
    });
  });

  it("is made into an UNLOGGED table, which a crash empties", async () => {
    const { load, table } = await newLoad();
    await db.rows(`ALTER TABLE ${table} SET UNLOGGED`);
    const { code, stderr } = await load();
    assert.match(stderr, /Warning: This load cannot be resumed: .* it is UNLOGGED/);
    assert.equal(code, 0);
  });

  it("from stdin says so when it is stopped", async () => {
    const { ids, table } = await newLoad();
    const args = ["load", "-", "--into", table, "--max-rejects", "0"];
    const { code, stderr } = await run(args, { stdin: "id\n1\nx\n2\n" });
    assert.match(
      stderr,
      /Stopped before the end: more than 0 rows .*\.\nThis load cannot be resumed\.\n$/,
    );
    assert.equal(code, 3);
    // All of it was read before the reject was seen.
    assert.deepEqual(await ids(), [1, 2]);
  });
});
