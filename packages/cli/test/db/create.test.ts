import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { run, type RunOptions, type RunResult } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { expectedColumns, fixturePath } from "../helpers/parquet-fixtures.js";
import { useSchema } from "../helpers/schema.js";

const db = useSchema();
const folder = useFolder();
let tables = 0;

interface Created extends RunResult {
  /** `name type` of each column; empty if there is no table. */
  readonly columns: readonly string[];
  readonly table: string;
}

/** Loads into a table that does not exist. */
async function create(args: readonly string[], options?: RunOptions): Promise<Created> {
  const name = `t${tables++}`;
  const table = `${db.name}.${name}`;
  const ended = await run(
    ["load", ...args, "--into", table, "--create", "--ledger", `${db.name}.ledger`],
    options,
  );
  return { ...ended, columns: await columnsOf(name), table };
}

async function columnsOf(name: string): Promise<string[]> {
  const rows = await db.rows<{ line: string }>(
    `SELECT attname || ' ' || format_type(atttypid, atttypmod) || CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END AS line
     FROM pg_attribute a JOIN pg_class c ON a.attrelid = c.oid JOIN pg_namespace n ON n.oid = relnamespace
     WHERE nspname = $1 AND relname = $2 AND attnum > 0 ORDER BY attnum`,
    [db.name, name],
  );
  return rows.map(({ line }) => line);
}

const PRICES = `id,Unit Price,at,open,code
1,2.50,2024-01-01T00:00:00Z,t,007
2,,2024-01-01T00:00:00+02,f,123
`;

describe("batch-copy load --create", () => {
  it("makes a table with the names of the header and types that fit", async () => {
    const file = folder.write("prices.csv", PRICES);
    const { code, columns, stderr, table } = await create([file]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(columns, [
      "id bigint",
      "Unit Price numeric",
      "at timestamp with time zone",
      "open boolean",
      "code text",
    ]);
    assert.deepEqual(await db.rows(`SELECT id, "Unit Price" AS price, code FROM ${table}`), [
      { id: "1", price: "2.50", code: "007" },
      { id: "2", price: null, code: "123" },
    ]);
    assert.match(
      stderr,
      /^CREATE TABLE "test_\w+"\."t\d+" \(\n {2}"id" bigint,\n {2}"Unit Price" numeric,/m,
    );
    assert.match(stderr, /the first line is a header/);
  });

  it("converts names, renames and skips fields as a load does, and adds those of --set", async () => {
    const file = folder.write("named.csv", PRICES);
    const options = [
      "--names",
      "snake_case",
      "--map",
      "at=day",
      "--map",
      "code=",
      "--set",
      "run=7",
    ];
    const { code, columns, stderr } = await create([file, ...options]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(columns, [
      "id bigint",
      "unit_price numeric",
      "day timestamp with time zone",
      "open boolean",
      "run bigint",
    ]);
  });

  it("numbers the columns of a file without a header", async () => {
    const file = folder.write("rows.csv", "1;x\n2;y\n");
    const { code, columns, stderr, table } = await create([file]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /the first line is a row \(otherwise use --header\)/);
    assert.deepEqual(columns, ["column1 bigint", "column2 text"]);
    assert.equal((await db.rows(`SELECT FROM ${table}`)).length, 2);
  });

  it("takes the names of --columns", async () => {
    const file = folder.write("unnamed.csv", "1,x,2\n");
    const { code, columns, stderr } = await create([file, "--columns", "a,,b"]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(columns, ["a bigint", "b bigint"]);
  });

  it("makes a table from the keys of NDJSON", async () => {
    const lines = [
      '{"id": 9007199254740993, "zip": "10115", "tags": ["a"]}',
      '{"id": 2, "zip": "x", "at": "2024-01-01", "tags": {"b": 1e5}}',
      "no JSON",
    ];
    const file = folder.write("events.ndjson", `${lines.join("\n")}\n`);
    const { code, columns, stderr, table } = await create([file]);
    assert.equal(code, 1, stderr);
    assert.deepEqual(columns, ["id bigint", "zip text", "tags jsonb", "at date"]);
    assert.deepEqual(await db.rows(`SELECT id, tags::text, at::text FROM ${table}`), [
      { id: "9007199254740993", tags: '["a"]', at: null },
      { id: "2", tags: '{"b": 100000}', at: "2024-01-01" },
    ]);
  });

  for (const file of ["types.parquet", "nested-1.parquet"]) {
    it(`makes a table from the schema of ${file}`, async () => {
      const { code, columns, stderr } = await create([fixturePath(file)]);
      assert.equal(code, 0, stderr);
      const expected = expectedColumns(file).map(({ name, sql }) => `"${name}" ${sql}`);
      await db.rows(`DROP TABLE IF EXISTS ${db.name}.expected`);
      await db.rows(`CREATE TABLE ${db.name}.expected (${expected.join(", ")})`);
      assert.deepEqual(columns, await columnsOf("expected"));
    });
  }

  it("makes a table from stdin, and loads all of it", async () => {
    const { code, columns, stderr, table } = await create(["-"], { stdin: PRICES });
    assert.equal(code, 0, stderr);
    assert.equal(columns.length, 5);
    assert.equal((await db.rows(`SELECT FROM ${table}`)).length, 2);
  });

  it("makes the primary key that --on-conflict needs", async () => {
    const file = folder.write("keyed.csv", "id,n\n1,1\n1,2\n");
    const options = ["--on-conflict", "update", "--key", "id"];
    const { code, columns, stderr, table } = await create([file, ...options]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(columns, ["id bigint NOT NULL", "n bigint"]);
    assert.deepEqual(await db.rows(`SELECT n FROM ${table}`), [{ n: "2" }]);
  });

  it("with --dry-run, only shows the statement", async () => {
    const file = folder.write("dry.csv", PRICES);
    const { code, columns, stderr } = await create([file, "--dry-run"]);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /CREATE TABLE/);
    assert.deepEqual(columns, []);
  });

  it("leaves a table that exists as it is", async () => {
    const table = `${db.name}.there`;
    await db.rows(`CREATE TABLE ${table} (id int)`);
    const file = folder.write("there.csv", "id\n1\n");
    const args = ["load", file, "--into", table, "--create", "--ledger", `${db.name}.ledger`];
    const { code, stderr } = await run(args);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /CREATE TABLE/);
  });

  it("loads a file again into a table that was dropped, also with --resume", async () => {
    const file = folder.write("dropped.csv", "id\n1\n2\n");
    const table = `${db.name}.dropped`;
    const args = ["load", file, "--into", table, "--create", "--ledger", `${db.name}.ledger`];
    assert.equal((await run(args)).code, 0);
    await db.rows(`DROP TABLE ${table}`);
    const { code, stderr } = await run([...args, "--resume"]);
    assert.equal(code, 0, stderr);
    assert.equal((await db.rows(`SELECT FROM ${table}`)).length, 2);
  });

  it("ends if it refuses a pipe that is still open", async () => {
    const args = ["load", "-", "--into", `${db.name}.open`, "--create", "--on-conflict", "ignore"];
    const { code, stderr } = await run(args, { stdin: PRICES, keepsStdinOpen: true });
    assert.match(stderr, /name its primary key with --key/);
    assert.equal(code, 2);
  });

  const refused: readonly { name: string; file: string; args?: readonly string[]; says: RegExp }[] =
    [
      {
        name: "a schema that is missing",
        file: "id\n1\n",
        args: ["--into", "no_such_schema.t"],
        says: /schema "no_such_schema" does not exist\. Create it first: CREATE SCHEMA "no_such_schema"/,
      },
      {
        name: "two fields with the same name",
        file: "id,ID\n1,2\n",
        args: ["--names", "snake_case"],
        says: /Two fields of the file would be the column "id"/,
      },
      {
        name: "a name that PostgreSQL would cut",
        file: `id,${"é".repeat(32)}\n1,2\n`,
        says: /is longer than the 63 bytes that PostgreSQL keeps/,
      },
      { name: "an empty file", file: "", args: ["--format", "csv"], says: /has no first record/ },
      {
        name: "--on-conflict without a key",
        file: "id\n1\n",
        args: ["--on-conflict", "ignore"],
        says: /name its primary key with --key/,
      },
      {
        name: "a key that is no column",
        file: "id\n1\n",
        args: ["--on-conflict", "ignore", "--key", "nope"],
        says: /column "nope" named in key does not exist/,
      },
    ];
  for (const { name, file, args = [], says } of refused) {
    it(`refuses ${name}`, async () => {
      const path = folder.write("refused.csv", file);
      const table = args.includes("--into") ? [] : ["--into", `${db.name}.refused`];
      const { code, stderr } = await run(["load", path, "--create", ...table, ...args]);
      assert.match(stderr, says);
      assert.equal(code, 2);
      assert.deepEqual(await columnsOf("refused"), []);
    });
  }
});

/** Texts near the limits of the types that may be proposed. */
const TRICKY = fc.oneof(
  fc.constantFrom(
    "",
    "t",
    "f",
    "TRUE",
    "False",
    "0",
    "-0",
    "007",
    "-1",
    "+1",
    " 1",
    "1 ",
    "1.",
    ".5",
  ),
  fc.constantFrom("9223372036854775807", "9223372036854775808", "-9223372036854775808"),
  fc.constantFrom("1e308", "1e309", "1e-323", "1e-324", "1E+5", "0e0", "1.5e-999", "-.5e3"),
  fc.constantFrom("2024-02-29", "2023-02-29", "0001-01-01", "0000-01-01", "9999-12-31"),
  fc.constantFrom(
    "2024-01-01 23:59:59",
    "2024-01-01T24:00",
    "2024-01-01 00:00:00.1234567",
    "2024-01-01 00:00:00.123456",
  ),
  fc.constantFrom("2024-01-01T00:00:00Z", "2024-01-01 00:00+14:59", "0001-01-01 00:00+14"),
  fc.constantFrom("NaN", "Infinity", "infinity", "null", "{}", "[]", "\\N", '"', ",", "\n"),
  fc.uuid(),
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.double().map(String),
  fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !text.includes("\0")),
);

/** Columns with some texts each, so that they often have one type. */
const COLUMNS = fc.array(
  fc
    .array(TRICKY, { minLength: 1, maxLength: 3 })
    .chain((texts) =>
      fc.array(fc.option(fc.constantFrom(...texts), { freq: 5 }), { minLength: 20, maxLength: 20 }),
    ),
  { minLength: 300, maxLength: 300 },
);

/** Of this run; in the message of a failure. */
const SEED = Date.now() | 0;

describe("the types that --create proposes", () => {
  it("take all texts of a generated CSV file", async () => {
    const [columns] = fc.sample(COLUMNS, { numRuns: 1, seed: SEED });
    const rows = columns![0]!.map((_, row) => columns!.map((column) => csvField(column[row]!)));
    const file = folder.write("generated.csv", rows.map((row) => `${row.join(",")}\n`).join(""));
    const { code, stderr } = await create([file, "--no-header", "--delimiter", ","]);
    assert.equal(code, 0, `seed ${SEED}: ${stderr.slice(-3000)}`);
  });

  it("take all values of generated NDJSON", async () => {
    const [columns] = fc.sample(COLUMNS, { numRuns: 1, seed: SEED });
    const rows = columns![0]!.map((_, row) => {
      const members = columns!.map((column, index) => `"k${index}":${json(column[row]!)}`);
      return `{${members.join(",")}}`;
    });
    const file = folder.write("generated.ndjson", `${rows.join("\n")}\n`);
    const { code, stderr } = await create([file]);
    assert.equal(code, 0, `seed ${SEED}: ${stderr.slice(-3000)}`);
  });
});

function csvField(text: string | null): string {
  return text === null ? "" : `"${text.replaceAll('"', '""')}"`;
}

/** Numbers, booleans and nested values as themselves, other texts as strings. */
function json(text: string | null): string {
  if (text === null) {
    return "null";
  }
  try {
    JSON.parse(text);
    return text.trim();
  } catch {
    return JSON.stringify(text);
  }
}
