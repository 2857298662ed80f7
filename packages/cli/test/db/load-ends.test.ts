import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";

import { eventually } from "../../../batch-copy/dist-test/helpers/eventually.js";
import { run } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();
const FILE = "id\n1\nx\n3\n";
let tables = 0;

async function newTable(columns = "id int"): Promise<string> {
  const table = `${db.name}.ends_${tables++}`;
  await db.rows(`CREATE TABLE ${table} (${columns})`);
  return table;
}

function urlWith(change: (url: URL) => void): string {
  const url = new URL(databaseUrl);
  change(url);
  return url.href;
}

/** Servers that cannot be reached, or that refuse. */
const AWAY: readonly (readonly [name: string, url: string, message: RegExp])[] = [
  ["a server that is away", "postgres://127.0.0.1:1/nowhere", /ECONNREFUSED/],
  [
    "a wrong password",
    urlWith((url) => (url.password = "wrong")),
    /password authentication failed/,
  ],
  ["no such database", urlWith((url) => (url.pathname = "/nowhere")), /"nowhere" does not exist/],
];

describe("batch-copy load ends", { concurrency: 3 }, () => {
  for (const [name, url, message] of AWAY) {
    it(`with 3 for ${name}, and does not show the password`, async () => {
      const path = folder.write("away.csv", FILE);
      const args = ["load", path, "--into", "nothing", "--database-url", url];
      const { code, stderr, stdout } = await run(args);
      assert.match(stderr, message);
      assert.match(stderr, /^batch-copy: [^\n]*\n$/);
      assert.equal(stderr.includes(new URL(url).password || "\0"), false, stderr);
      assert.equal(stdout, "");
      assert.equal(code, 3);
    });
  }

  it("with an error as a JSON line, also of another command", async () => {
    const url = "postgres://127.0.0.1:1/nowhere";
    const { code, stderr, stdout } = await run(["ledger", "list", "--json", "--database-url", url]);
    assert.match((JSON.parse(stdout) as { message: string }).message, /ECONNREFUSED/);
    assert.equal(stderr, "");
    assert.equal(code, 3);
  });

  it("with 2 for a table that does not exist, or may not be written", async () => {
    const path = folder.write("refused.csv", FILE);
    const missing = await run(["load", path, "--into", `${db.name}.missing`]);
    assert.match(missing.stderr, /^batch-copy: table .*missing: it does not exist/);
    assert.equal(missing.code, 2);
    await db.rows(`CREATE MATERIALIZED VIEW ${db.name}.matview AS SELECT 1 AS id`);
    const unfit = await run(["load", path, "--into", `${db.name}.matview`]);
    assert.match(unfit.stderr, /^batch-copy: .*materialized view/);
    assert.equal(unfit.code, 2);
  });

  it("with 2 for a wrong command line, and shows no stack", async () => {
    const { code, stderr, stdout } = await run(["load", "a.csv"]);
    assert.equal(stderr, "batch-copy: --into <table> is missing: the table to load into\n");
    assert.equal(stdout, "");
    assert.equal(code, 2);
  });
});

interface JsonLine {
  readonly type: string;
  readonly [name: string]: unknown;
}

function jsonLines(stdout: string): JsonLine[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as JsonLine);
}

describe("batch-copy load tells", { concurrency: 3 }, () => {
  it("progress and the summary as JSON lines to stdout, and nothing to stderr", async () => {
    const table = await newTable();
    const path = folder.write("json.csv", FILE);
    const { code, stderr, stdout } = await run(["load", path, "--into", table, "--json"]);
    assert.equal(stderr, "");
    assert.equal(code, 1);
    const lines = jsonLines(stdout);
    const progress = lines.find(({ type }) => type === "progress");
    assert.deepEqual(Object.keys(progress!), [
      "type",
      "file",
      "fileNumber",
      "files",
      "bytesRead",
      "bytesTotal",
      "rows",
      "rejects",
    ]);
    const { seconds, shownRejects, ...summary } = lines.at(-1)!;
    assert.equal(typeof seconds, "number");
    assert.deepEqual(summary, {
      type: "summary",
      table: table
        .split(".")
        .map((part) => JSON.stringify(part))
        .join("."),
      isDryRun: false,
      files: 1,
      rows: 2,
      rowsUpdated: 0,
      rowsIgnored: 0,
      rejects: 1,
      rejectsFile: null,
      hasEarlierRejects: false,
      bytes: 9,
      stopReason: null,
      canResume: false,
    });
    assert.deepEqual(shownRejects, [
      {
        file: path,
        line: 3,
        offset: 5,
        end: 7,
        column: "id",
        sqlState: null,
        message: '"x" is not a valid integer',
      },
    ]);
  });

  it("errors and warnings as JSON lines too", async () => {
    const path = folder.write("json-error.csv", FILE);
    const missing = await run(["load", path, "--into", `${db.name}.missing`, "--json"]);
    assert.equal(missing.stderr, "");
    assert.equal(missing.code, 2);
    const [error] = jsonLines(missing.stdout);
    assert.equal(error?.type, "error");
    assert.match(String(error?.["message"]), /missing: it does not exist/);
    const table = await newTable();
    await db.rows(`ALTER TABLE ${table} SET UNLOGGED`);
    const unlogged = await run(["load", path, "--into", table, "--json", "--progress", "none"]);
    assert.deepEqual(
      jsonLines(unlogged.stdout).map(({ type }) => type),
      ["warning", "note", "summary"],
    );
  });

  it("only what went wrong with --quiet", async () => {
    const table = await newTable();
    const good = folder.write("good.csv", "id\n1\n");
    const quiet = await run(["load", good, "--into", table, "--quiet"]);
    assert.deepEqual(quiet, { code: 0, stdout: "", stderr: "" });
    const bad = folder.write("bad.csv", FILE);
    const { code, stderr } = await run(["load", bad, "--into", table, "--quiet"]);
    assert.match(stderr, /^1 row was rejected\.\n {2}.*bad\.csv, line 3, column id: /);
    assert.equal(code, 1);
  });

  it("what was decided with --verbose", async () => {
    const table = await newTable();
    const path = folder.write("verbose.csv", "id\n1\n");
    const { stderr } = await run(["load", path, "--into", table, "--verbose"]);
    assert.match(stderr, /verbose\.csv: CSV, fields separated by ",", the first line is a header/);
    assert.match(stderr, /written by copy/);
  });
});

/** Sends a signal once the first rows are in the table. */
function interrupt(child: ChildProcess, signal: NodeJS.Signals, table: string): void {
  void eventually(async () => (await countOf(table)) > 0, "rows are loaded", 30).finally(() => {
    child.kill(signal);
  });
}

async function countOf(table: string): Promise<number> {
  const [row] = await db.rows<{ count: number }>(`SELECT count(*)::int FROM ${table}`);
  return row!.count;
}

describe("batch-copy load that is interrupted", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`by ${signal} commits what it has read, and --resume loads the rest`, async () => {
      const table = await newTable("id int, name text");
      // More bytes than are encoded ahead.
      const rows = 40_000;
      await db.rows(`CREATE FUNCTION ${table}_wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          PERFORM pg_sleep(0.2); RETURN NULL; END $$;
        CREATE TRIGGER wait AFTER INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION ${table}_wait()`);
      const lines = Array.from({ length: rows }, (_, id) => `${id},${"x".repeat(1000)}\n`).join("");
      const path = folder.write(`${signal}.csv`, lines);
      const args = ["load", path, "--into", table, "--batch-rows", "4000"];
      const { code, stderr } = await run(args, {
        onSpawn: (child) => interrupt(child, signal, table),
      });
      assert.match(
        stderr,
        new RegExp(
          `Stopped before the end: interrupted by ${signal}\\.\nRun the same command with --resume, and without --again and --truncate, to go on from there\\.\n$`,
        ),
      );
      assert.equal(code, 3, stderr);
      const committed = await countOf(table);
      assert.ok(committed > 0 && committed < rows, `${committed}`);
      await db.rows(`DROP TRIGGER wait ON ${table}`);
      const resumed = await run([...args, "--resume"]);
      assert.equal(resumed.code, 0, resumed.stderr);
      const [all] = await db.rows(
        `SELECT count(*)::int, count(DISTINCT id)::int AS ids FROM ${table}`,
      );
      assert.deepEqual(all, { count: rows, ids: rows });
    });
  }

  const text = `${"1\n".repeat(20_000)}2`;
  for (const [what, stdin] of [
    ["stdin", text],
    // Without its end, but with all that it says so far.
    ["compressed stdin", gzipSync(text, { level: 0 }).subarray(0, -100)],
  ] as const) {
    it(`by SIGINT while ${what} waits for more ends, with the lines that came`, async () => {
      const table = await newTable();
      const { code, stderr } = await run(["load", "-", "--into", table, "--no-header"], {
        stdin,
        keepsStdinOpen: true,
        onSpawn: (child) => interrupt(child, "SIGINT", table),
      });
      assert.match(stderr, /interrupted by SIGINT\.\nThis load cannot be resumed\.\n$/);
      assert.equal(code, 3);
      const rows = await db.rows(`SELECT DISTINCT id FROM ${table}`);
      assert.deepEqual(rows, [{ id: 1 }]);
    });
  }
});
