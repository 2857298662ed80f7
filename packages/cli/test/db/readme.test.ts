import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { Client } from "pg";

import { run, type RunResult } from "../helpers/command.js";
import { copyFrom } from "../helpers/copy-csv.js";
import { useFolder } from "../helpers/folder.js";
import { databaseUrl } from "../helpers/schema.js";

const README = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const folder = useFolder();

/** A database of its own, because the document names the schema. */
const database = `readme_${process.pid}`;
const url = new URL(databaseUrl);
url.pathname = database;
const client = new Client({ connectionString: url.href });

before(async () => {
  await withServer(`CREATE DATABASE ${database}`);
  await client.connect();
  await client.query("SET TimeZone TO 'UTC'; SET DateStyle TO 'ISO, MDY'; CREATE SCHEMA app");
});

after(async () => {
  await client.end();
  await withServer(`DROP DATABASE ${database}`);
});

async function withServer(sql: string): Promise<void> {
  const server = new Client({ connectionString: databaseUrl });
  await server.connect();
  await server.query(sql);
  await server.end();
}

function runHere(args: readonly string[]): Promise<RunResult> {
  return run(args, { cwd: folder.path, env: { DATABASE_URL: url.href } });
}

/** The contents of the blocks of code in a language. */
function blocks(language: string): string[] {
  const pattern = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, "gms");
  return Array.from(README.matchAll(pattern), ([, block]) => block!);
}

describe("the README of the command", () => {
  it("has all options of load by their groups, as --help prints them", async () => {
    const { stdout } = await run(["load", "--help"]);
    const help = stdout.slice(stdout.indexOf("Target:"), stdout.indexOf("Examples:")).trim();
    assert.ok(help.length > 1000);
    assert.ok(blocks("text").includes(`${help}\n`), help);
  });

  it("names all commands", async () => {
    const { stdout } = await run(["--help"]);
    const commands = Array.from(stdout.matchAll(/^ {2}([a-z-]+) .*/gm), ([, name]) => name!);
    const own = commands.filter((name) => name !== "help");
    assert.deepEqual(own, ["load", "definition", "ledger", "spool", "dead-letters"]);
    for (const name of own) {
      assert.match(README, new RegExp(`^\\$? ?batch-copy ${name} `, "m"));
    }
  });

  it("shows what the commands of its tour print", async () => {
    const [table] = blocks("sql");
    await client.query(table!);
    const [prices, rejected] = blocks("csv");
    const [reason, events] = blocks("ndjson");
    folder.write("prices.csv", prices!);
    folder.write("events.ndjson", events!);
    for (const block of blocks("console")) {
      assert.equal(await outputOf(commandsOf(block)), steady(block));
    }
    assert.equal(readFileSync(join(folder.path, "rejected.csv"), "utf8"), rejected);
    const reasons = readFileSync(join(folder.path, "rejected.csv.reasons.ndjson"), "utf8");
    assert.equal(steady(reasons.slice(0, reasons.indexOf("\n") + 1)), reason);
  });
});

function commandsOf(block: string): string[] {
  return Array.from(block.matchAll(/^\$ (.*)$/gm), ([, line]) => line!);
}

async function outputOf(commands: readonly string[]): Promise<string> {
  let text = "";
  for (const command of commands) {
    const [, ...args] = command.split(" ");
    const { stderr, stdout } = await runHere(args);
    text += `$ ${command}\n${stdout}${stderr}`;
  }
  return steady(text);
}

/** Without what differs from run to run: durations, the folder, and the spaces that align columns. */
function steady(text: string): string {
  return text
    .replaceAll(folder.path, "/data")
    .replace(/ in [\d.]+ s( \(.*\))?\.$/gm, " in … s.")
    .replace(/ +\d+ (?:s|min)(?: \d+ s)? {2}(no|yes)$/gm, "  … s  $1")
    .replace(/^source +position +age/gm, "source  position  age")
    .replace(/" +(\d+) {2}…/gm, '"  $1  …');
}

/** The rows of the table that follows a text, as their cells. */
function tableAfter(text: string): string[][] {
  const start = README.indexOf(text);
  assert.notEqual(start, -1);
  const lines = README.slice(start).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|"));
  const end = lines.findIndex((line, index) => index > first && !line.startsWith("|"));
  return lines.slice(first + 2, end).map((line) => {
    return line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
  });
}

const code = (cell: string): string => cell.slice(1, -1);

describe("the differences from COPY that the README names", () => {
  const values = tableAfter("These are the differences for values");

  it("are some", () => assert.ok(values.length > 10));

  /** What batch-copy says of each, by its line: all are in one file, each in a column of its own. */
  const reasons = new Map<number, string>();

  before(async () => {
    const columns = values.map(([type], index) => `v${index} ${code(type!)}`);
    await client.query(`CREATE TABLE app.all_values (${columns.join(", ")})`);
    const lines = values.map((_, row) => {
      return values.map(([, text], column) => (row === column ? csvField(text!) : "")).join(",");
    });
    const file = folder.write("values.csv", `${lines.join("\n")}\n`);
    const args = ["load", file, "--into", "app.all_values", "--no-header", "--rejects", "bad.csv"];
    const { stderr } = await runHere([...args, "--delimiter", ","]);
    const path = join(folder.path, "bad.csv.reasons.ndjson");
    assert.match(stderr, /^Loaded 0 rows/);
    for (const line of readFileSync(path, "utf8").trimEnd().split("\n")) {
      const reject = JSON.parse(line) as { line: number; message: string };
      reasons.set(reject.line, reject.message);
    }
  });

  for (const [index, [type, text, stored, reason]] of values.entries()) {
    it(`${type} ${text}`, async () => {
      const table = `app.value_${index}`;
      await client.query(`CREATE TABLE ${table} (v ${code(type!)})`);
      const file = Buffer.from(`${csvField(text!)}\n`);
      await copyFrom(client, `COPY ${table} FROM STDIN (FORMAT csv)`, file);
      const { rows } = await client.query<{ v: string }>(`SELECT v::text FROM ${table}`);
      assert.deepEqual(rows, [{ v: code(stored!) }]);
      assert.ok(reasons.get(index + 1)?.includes(reason!), reasons.get(index + 1));
    });
  }

  for (const [index, cells] of tableAfter("the differences for the form of a file").entries()) {
    const [file, byCopy, byCommand] = cells as [string, string, string];
    it(`a file ${file}`, async () => {
      const table = `app.form_${index}`;
      await client.query(`CREATE TABLE ${table} (a text, b text)`);
      const content = unescaped(code(file));
      const copied = await copyFrom(
        client,
        `COPY ${table} FROM STDIN (FORMAT csv)`,
        Buffer.from(content),
      ).catch((error: unknown) => error as Error);
      if (copied instanceof Error) {
        assert.equal(copied.message, byCopy);
      } else {
        assert.deepEqual(await rowsOf(table), rowsIn(byCopy));
      }
      await client.query(`TRUNCATE ${table}`);
      const name = folder.write(`form-${index}.csv`, content);
      const args = ["load", name, "--into", table, "--no-header", "--delimiter", ","];
      const { stderr } = await runHere(args);
      assert.deepEqual(await rowsOf(table), rowsIn(byCommand), stderr);
      const rejected = Array.from(stderr.matchAll(/, line (\d+)/g), ([, line]) => line!);
      const expected =
        /rejects lines? ([\d and]+)/.exec(byCommand)?.[1]?.trim().split(" and ") ?? [];
      assert.deepEqual(rejected, expected);
    });
  }
});

function csvField(cell: string): string {
  return `"${code(cell).replaceAll('"', '""')}"`;
}

async function rowsOf(table: string): Promise<string[]> {
  const { rows } = await client.query<{ a: string; b: string }>(`SELECT a, b FROM ${table}`);
  return rows.map(({ a, b }) => `${a},${b}`);
}

/** Those in a cell, each as code. */
function rowsIn(cell: string): string[] {
  return Array.from(cell.matchAll(/`([^`]+)`/g), ([, row]) => unescaped(row!));
}

function unescaped(text: string): string {
  return text.replaceAll("\\n", "\n").replaceAll("\\r", "\r");
}
