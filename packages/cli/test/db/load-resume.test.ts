import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";

import { eventually } from "../../../batch-copy/dist-test/helpers/eventually.js";
import { run, type RunResult } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();
let tables = 0;

/** A load of a file into a new table, which can be repeated. */
async function newLoad(name: string, content: string | Uint8Array) {
  const table = `${db.name}.resumed_${tables++}`;
  const ledger = `${table}_ledger`;
  const path = folder.write(`${tables}-${name}`, content);
  await db.rows(`CREATE TABLE ${table} (id int, name text)`);
  return {
    path,
    table,
    ledger,
    load: (...options: string[]): Promise<RunResult> =>
      run(["load", path, "--into", table, "--ledger", ledger, ...options]),
    ids: async (): Promise<number[]> => {
      const rows = await db.rows<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`);
      return rows.map(({ id }) => id);
    },
    position: async (): Promise<number> => {
      const [row] = await db.rows<{ position: string }>(`SELECT position FROM ${ledger}`);
      return Number(row!.position);
    },
  };
}

const HEADER = "id,name\n";

function lines(first: number, end: number, name = "a"): string {
  return Array.from({ length: end - first }, (_, index) => `${first + index},${name}\n`).join("");
}

/** Does not compress. */
function digest(id: number): string {
  return createHash("sha256").update(`${id}`).digest("hex");
}

/** 100 lines are longer than what a file is known by, which is 64 KiB. */
const LONG = "x".repeat(1000);

describe("load --resume", () => {
  it("loads what a file has grown by", async () => {
    const { ids, load, path } = await newLoad("grown.csv", HEADER + lines(0, 3));
    assert.equal((await load()).code, 0);
    for (const [first, end] of [
      [3, 4],
      [4, 7],
    ] as const) {
      appendFileSync(path, lines(first, end));
      const { code, stderr } = await load("--resume");
      assert.equal(code, 0, stderr);
    }
    assert.deepEqual(await ids(), [0, 1, 2, 3, 4, 5, 6]);
  });

  it("loads nothing of a file that has not grown", async () => {
    const { ids, load, path } = await newLoad("same.csv", HEADER + lines(0, 3));
    await load();
    const { code, stderr } = await load("--resume");
    assert.match(stderr, /is loaded already/);
    assert.ok(stderr.includes(path));
    assert.equal(code, 0);
    assert.deepEqual(await ids(), [0, 1, 2]);
  });

  it("does not come back to a bad record at the end", async () => {
    const content = `${HEADER}0,a\n1\n`;
    const { load, path, position } = await newLoad("bad-end.csv", content);
    const options = ["--rejects", `${path}.rejected`, "--resume"];
    assert.equal((await load(...options)).code, 1);
    assert.equal(await position(), content.length);
    const { code, stderr } = await load(...options);
    assert.match(stderr, /is loaded already/);
    // Its rejects are still there.
    assert.match(stderr, /rejected has rows that were rejected earlier\./);
    assert.equal(code, 1);
  });

  it("takes a line end that comes later for that of the last record", async () => {
    const { ids, load, path } = await newLoad("late.csv", `${HEADER}0,a\n1,b`);
    await load();
    appendFileSync(path, `\n${lines(2, 4)}`);
    const { code, stderr } = await load("--resume");
    assert.equal(code, 0, stderr);
    assert.deepEqual(await ids(), [0, 1, 2, 3]);
  });

  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    const name = JSON.stringify(lineEnd);
    it(`does not take ${name} that comes later for an empty line, where a record has one field`, async () => {
      const { load, path, table } = await newLoad("late.csv", ["id", "0", "1"].join(lineEnd));
      await load("--map", "id=name");
      appendFileSync(path, `${lineEnd}2${lineEnd}${lineEnd}`);
      const { code, stderr } = await load("--map", "id=name", "--resume");
      assert.equal(code, 0, stderr);
      const rows = await db.rows(`SELECT name FROM ${table} ORDER BY name`);
      assert.deepEqual(rows, [{ name: "0" }, { name: "1" }, { name: "2" }, { name: null }]);
    });
  }

  it("still skips what --skip says, if the file ended before that", async () => {
    const { ids, load, path } = await newLoad("skipped.csv", HEADER + lines(0, 3));
    assert.equal((await load("--skip", "5")).code, 0);
    appendFileSync(path, lines(3, 7));
    const { code, stderr } = await load("--skip", "5", "--resume");
    assert.equal(code, 0, stderr);
    assert.deepEqual(await ids(), [5, 6]);
  });

  it("refuses a file that begins with other bytes", async () => {
    const { ids, load, path } = await newLoad("replaced.csv", HEADER + lines(0, 3));
    await load();
    writeFileSync(path, HEADER + lines(10, 20));
    const { code, stderr } = await load("--resume");
    assert.match(
      stderr,
      /has changed since it was loaded up to byte 20.*first bytes are different/,
    );
    assert.equal(code, 2);
    assert.deepEqual(await ids(), [0, 1, 2]);
  });

  it("refuses a file that has become shorter", async () => {
    const { ids, load, path } = await newLoad("shrunk.csv", HEADER + lines(0, 200, LONG));
    await load();
    writeFileSync(path, HEADER + lines(0, 100, LONG));
    const { code, stderr } = await load("--resume");
    assert.match(stderr, /was loaded up to byte 200,898 of 100,\d+: it has become shorter/);
    assert.equal(code, 2);
    assert.equal((await load("--again")).code, 0);
    assert.equal((await ids()).length, 300);
  });

  it("refuses a file that has become shorter than what it is known by", async () => {
    const { load, path } = await newLoad("empty.csv", HEADER + lines(0, 3));
    await load();
    writeFileSync(path, HEADER);
    const { code, stderr } = await load("--resume");
    assert.match(stderr, /has changed since it was loaded up to byte 20/);
    assert.equal(code, 2);
  });

  it("stops at the end of a gzip file that has become shorter", async () => {
    const text = Array.from({ length: 4000 }, (_, id) => `${id},${digest(id)}\n`);
    const { ids, load, path } = await newLoad("shrunk.csv.gz", gzipSync(HEADER + text.join("")));
    await load();
    writeFileSync(path, gzipSync(HEADER + text.slice(0, 3000).join("")));
    const { code, stderr } = await load("--resume");
    assert.match(stderr, /shrunk.csv.gz/);
    assert.equal(code, 3);
    assert.equal((await ids()).length, 4000);
  });

  it("goes on in the middle of a gzip file, and where another member was appended", async () => {
    const content = gzipSync(HEADER + lines(0, 10));
    const { ids, load, path } = await newLoad("members.csv.gz", content);
    assert.equal((await load("--limit", "4")).code, 0);
    assert.equal((await load("--resume")).code, 0);
    appendFileSync(path, gzipSync(lines(10, 12)));
    assert.equal((await load("--resume")).code, 0);
    assert.deepEqual(await ids(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });

  it("keeps rejects that were kept with a transaction that is committed while it begins", async () => {
    const content = `${HEADER}0,a\n1\n2,c\n3,d\n4\n5,f\n`;
    const { ids, ledger, load, path, position } = await newLoad("late.csv", content);
    const rejects = `${path}.rejected`;
    const options = ["--rejects", rejects, "--resume"];
    await load(...options, "--limit", "3");
    const first = await position();
    await load(...options, "--limit", "2");
    const second = await position();
    // As if the second load had been killed while it commits.
    await db.rows(`UPDATE ${ledger} SET position = ${first}`);
    const client = await db.pool.connect();
    try {
      await client.query(`BEGIN; UPDATE ${ledger} SET position = ${second}`);
      const last = load(...options);
      await eventually(isWaiting, "the load waits for the commit", 30);
      await client.query("COMMIT");
      const { code, stderr } = await last;
      assert.equal(code, 1, stderr);
    } finally {
      client.release();
    }
    assert.equal(readFileSync(rejects, "utf8"), `${HEADER}1\n4\n`);
    assert.deepEqual(await ids(), [0, 2, 3, 5]);
  });
});

async function isWaiting(): Promise<boolean> {
  const rows = await db.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'");
  return rows.length > 0;
}
