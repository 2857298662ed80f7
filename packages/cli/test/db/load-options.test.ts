import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { run } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { describeLoads, type LoadCase } from "../helpers/load-case.js";
import { useSchema } from "../helpers/schema.js";

const columns = "id int, name text";
const TEN = `id,name\n${Array.from({ length: 10 }, (_, i) => `${i},x\n`).join("")}`;
const rowsOf = (...ids: number[]): string[] => ids.map((id) => `(${id},x)`);

const PARTS: readonly LoadCase[] = [
  {
    name: "--limit",
    columns,
    files: { "a.csv": TEN },
    options: ["--limit", "3"],
    rows: rowsOf(0, 1, 2),
  },
  {
    name: "--skip",
    columns,
    files: { "a.csv": TEN },
    options: ["--skip", "8"],
    rows: rowsOf(8, 9),
  },
  {
    name: "--skip and --limit, over two files: skipped in each, read of both",
    columns,
    files: { "a.csv": TEN, "b.csv": TEN },
    options: ["--skip", "8", "--limit", "3"],
    rows: rowsOf(8, 8, 9),
  },
  {
    name: "--limit counts rejected records",
    columns,
    files: { "a.csv": "id,name\nx,x\n1,x\n2,x\n" },
    options: ["--limit", "2"],
    rows: rowsOf(1),
    rejects: "id,name\nx,x\n",
    reasons: [[2, 8, "id", null, /"x"/]],
  },
  {
    name: "--truncate deletes the rows that are there",
    columns,
    setup: "INSERT INTO {t} VALUES (77, 'old')",
    files: { "a.csv": "id,name\n1,x\n" },
    options: ["--truncate"],
    rows: rowsOf(1),
  },
  {
    name: "--truncate deletes nothing if the file cannot be loaded",
    columns,
    setup: "INSERT INTO {t} VALUES (77, 'x')",
    files: { "a.csv": "id,nome\n1,x\n" },
    options: ["--truncate", "--header"],
    rows: rowsOf(77),
    code: 2,
  },
  {
    name: "--truncate is refused by a table that others refer to",
    columns: "id int PRIMARY KEY, name text",
    setup: "INSERT INTO {t} VALUES (77, 'x'); CREATE TABLE {s}.child (id int REFERENCES {t})",
    files: { "a.csv": "id,name\n1,x\n" },
    options: ["--truncate"],
    rows: rowsOf(77),
    code: 2,
    says: /cannot truncate a table referenced in a foreign key constraint/,
  },
];

const MANY = `id,name\n${Array.from({ length: 3000 }, (_, i) => `${i % 10 === 9 ? "x" : i},x\n`).join("")}`;

const LIMITS: readonly LoadCase[] = [
  {
    name: "--max-rejects that is not exceeded",
    columns,
    files: { "a.csv": "id,name\nx,x\n1,x\ny,x\n" },
    options: ["--max-rejects", "2"],
    rows: rowsOf(1),
    rejects: "id,name\nx,x\ny,x\n",
    reasons: [
      [2, 8, "id", null, /"x"/],
      [4, 16, "id", null, /"y"/],
    ],
  },
  {
    name: "--max-rejects 0 stops the load, which says how to go on",
    columns: "id int CHECK (id < 5), name text",
    files: { "a.csv": "id,name\n1,x\n7,x\n" },
    options: ["--max-rejects", "0"],
    rows: rowsOf(1),
    rejects: "id,name\n7,x\n",
    reasons: [[3, 12, null, "23514", /check constraint/]],
    code: 3,
    says: /Stopped before the end: more than 0 rows were rejected \(--max-rejects\)\.\nRun the same command with --resume/,
  },
  {
    name: "--max-rejects as a percentage that is exceeded by a small file, at its end",
    columns,
    files: { "a.csv": "id,name\nx,x\n1,x\n2,x\n" },
    options: ["--max-rejects", "33%"],
    rows: rowsOf(1, 2),
    rejects: "id,name\nx,x\n",
    reasons: [[2, 8, "id", null, /"x"/]],
    code: 3,
    says: /1 of 3 rows were rejected, more than 33%/,
  },
  {
    name: "--max-rejects as a percentage that is not exceeded",
    columns,
    files: { "a.csv": "id,name\nx,x\n1,x\n2,x\n" },
    options: ["--max-rejects", "33.4%"],
    rows: rowsOf(1, 2),
    rejects: "id,name\nx,x\n",
    reasons: [[2, 8, "id", null, /"x"/]],
  },
];

describeLoads("batch-copy load of a part", PARTS);
describeLoads("batch-copy load with a limit of rejects", LIMITS);

describe("batch-copy load", () => {
  const db = useSchema();
  const folder = useFolder();

  it("loads the corrected file of rejects, so that nothing is missing", async () => {
    const table = `${db.name}.corrected`;
    await db.rows(`CREATE TABLE ${table} (id int PRIMARY KEY, name text NOT NULL)`);
    const path = folder.write("all.csv", '\uFEFFid,name\r\n1,"a\r\nb"\r\nx2,c\r\n3,\r\n1,d\r\n5,e');
    const rejects = join(folder.path, "rejected.csv");
    const into = ["--into", table];
    const first = await run(["load", path, ...into, "--rejects", rejects]);
    assert.equal(first.code, 1, first.stderr);
    const text = readFileSync(rejects, "utf8");
    assert.equal(text, "\uFEFFid,name\r\nx2,c\r\n3,\r\n1,d\r\n");
    const corrected = text.replace("x2", "2").replace("3,", "3,three").replace("1,d", "4,d");
    const again = await run(["load", folder.write("corrected.csv", corrected), ...into]);
    assert.equal(again.code, 0, again.stderr);
    const rows = await db.rows(`SELECT id, name FROM ${table} ORDER BY id`);
    assert.deepEqual(rows, [
      { id: 1, name: "a\r\nb" },
      { id: 2, name: "c" },
      { id: 3, name: "three" },
      { id: 4, name: "d" },
      { id: 5, name: "e" },
    ]);
  });

  it("writes nothing at all with --dry-run", async () => {
    const table = `${db.name}.dry`;
    const ledger = `${db.name}.dry_ledger`;
    await db.rows(
      `CREATE TABLE ${table} (id int, name text); INSERT INTO ${table} VALUES (7, 'x')`,
    );
    const path = folder.write("dry.csv", "id,name\n1,a\nx,b\n3,c\n");
    const before = readdirSync(folder.path);
    const rejects = join(folder.path, "dry.rejects");
    const args = ["load", path, "--into", table, "--ledger", ledger, "--rejects", rejects];
    const { code, stderr } = await run([...args, "--dry-run", "--truncate"]);
    assert.equal(code, 1, stderr);
    assert.match(stderr, /Checked 2 rows for .*, and wrote nothing/);
    assert.match(stderr, /1 row was rejected\..*\n.*dry\.csv, line 3, column id: "x" is not/);
    assert.deepEqual(await db.rows(`SELECT id FROM ${table}`), [{ id: 7 }]);
    assert.deepEqual(await db.rows("SELECT to_regclass($1) AS found", [ledger]), [{ found: null }]);
    assert.deepEqual(readdirSync(folder.path), before);
  });

  it("writes nothing to a ledger that is there with --dry-run, and may check a loaded file", async () => {
    const table = `${db.name}.dry_again`;
    const ledger = `${db.name}.dry_again_ledger`;
    await db.rows(`CREATE TABLE ${table} (id int)`);
    const args = [
      "load",
      folder.write("loaded.csv", "1\n2\n"),
      "--into",
      table,
      "--ledger",
      ledger,
    ];
    await run(args);
    const before = await db.rows(`SELECT * FROM ${ledger}`);
    assert.ok(before.length > 0);
    const { code, stderr } = await run([...args, "--dry-run"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Checked 2 rows/);
    assert.deepEqual(await db.rows(`SELECT * FROM ${ledger}`), before);
    assert.equal((await db.rows(`SELECT FROM ${table}`)).length, 2);
  });

  it("stops soon at a percentage of rejects that is exceeded, without reading on", async () => {
    const table = `${db.name}.percent`;
    await db.rows(`CREATE TABLE ${table} (id int, name text)`);
    const path = folder.write("many.csv", MANY);
    const { code, stderr } = await run(["load", path, "--into", table, "--max-rejects", "5%"]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /of \d+ rows were rejected, more than 5%/);
  });

  it("shows the first five rejects, and where, if they are not kept", async () => {
    const table = `${db.name}.shown`;
    await db.rows(`CREATE TABLE ${table} (id int, name text)`);
    const path = folder.write("shown.csv", "id,name\na,x\nb,x\nc,x\nd,x\ne,x\nf,x\n1,x\n");
    const { code, stderr } = await run(["load", path, "--into", table]);
    assert.equal(code, 1);
    assert.match(stderr, /6 rows were rejected\. The first ones:\n/);
    assert.equal(stderr.match(/shown\.csv, line \d, column id: "[a-e]" is not/g)?.length, 5);
    assert.match(stderr, /Use --rejects <file> to keep rejected rows\./);
  });

  it("refuses a file of rejects that is there, and one that it loads", async () => {
    const table = `${db.name}.refused`;
    await db.rows(`CREATE TABLE ${table} (id int, name text)`);
    const path = folder.write("refused.csv", "id,name\n1,x\n");
    const rejects = folder.write("mine.csv", "mine\n");
    const into = ["load", path, "--into", table, "--rejects"];
    const ofOther = await run([...into, rejects]);
    assert.equal(ofOther.code, 2);
    assert.match(ofOther.stderr, /has rejects of an earlier load/);
    assert.equal(readFileSync(rejects, "utf8"), "mine\n");
    const ofItself = await run([...into, path]);
    assert.equal(ofItself.code, 2);
    assert.match(ofItself.stderr, /--rejects must not be a file that is loaded/);
    const nowhere = await run([...into, join(folder.path, "no/such/folder")]);
    assert.equal(nowhere.code, 2);
    assert.match(nowhere.stderr, /Cannot write to --rejects/);
    assert.equal(existsSync(join(folder.path, "mine.csv.reasons.ndjson")), false);
    assert.equal((await db.rows(`SELECT FROM ${table}`)).length, 0);
  });

  it("finds a file that leaves out a NOT NULL column before another one is loaded", async () => {
    const table = `${db.name}.later`;
    await db.rows(`CREATE TABLE ${table} (id int, name text NOT NULL)`);
    const files = [
      folder.write("later-1.csv", "id,name\n1,a\n"),
      folder.write("later-2.csv", "id\n2\n"),
    ];
    const { code, stderr } = await run(["load", ...files, "--into", table, "--header"]);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /"name".*NOT NULL/);
    assert.equal((await db.rows(`SELECT FROM ${table}`)).length, 0);
  });

  it("writes in small transactions over one connection with --batch-rows and --connections", async () => {
    const table = `${db.name}.batches`;
    await db.rows(
      `CREATE TABLE ${table} (id int, name text, xid xid8 DEFAULT pg_current_xact_id())`,
    );
    const path = folder.write("batches.csv", TEN);
    const args = ["load", path, "--into", table, "--batch-rows", "4", "--connections", "1"];
    const { code, stderr } = await run(args);
    assert.equal(code, 0, stderr);
    const batches = await db.rows(
      `SELECT count(*)::int AS rows FROM ${table} GROUP BY xid ORDER BY xid`,
    );
    assert.deepEqual(batches, [{ rows: 4 }, { rows: 4 }, { rows: 2 }]);
  });
});
