import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Copier } from "batch-copy";

import { run } from "../helpers/command.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const db = useSchema();
const table = `${db.name}.orders`;
const letters = `${db.name}.letters`;

describe("batch-copy dead-letters", () => {
  /** Three orders of customers who are not there. */
  beforeEach(async () => {
    await db.rows(`DROP TABLE IF EXISTS ${table}, ${db.name}.customers, ${letters}`);
    await db.rows(`
      CREATE TABLE ${db.name}.customers (id int PRIMARY KEY);
      CREATE TABLE ${table} (id int PRIMARY KEY, customer int REFERENCES ${db.name}.customers,
        note text CHECK (note <> 'bad'))`);
    const copier = await Copier.connect<object>(table, { databaseUrl, deadLetters: letters });
    await copier.sendMany([
      { id: 1, customer: 1, note: "a\tb" },
      { id: 2, customer: 2, note: null },
      { id: 3, customer: null, note: "bad" },
    ]);
    await copier.close();
  });

  it("list counts the letters, and shows the latest first", async () => {
    const { code, stdout, stderr } = await run(["dead-letters", "list", letters]);
    assert.equal(stderr, "");
    const [counts, third, second, first] = stdout.trimEnd().split("\n\n");
    const [titles, foreignKeys, checks] = counts!.split("\n");
    assert.match(titles!, /^letters {2}table +error {2}latest \(UTC\)$/);
    assert.match(
      foreignKeys!,
      /^ {6}2 {2}"\w+"\."orders" {2}23503 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/,
    );
    assert.match(checks!, /^ {6}1 .* 23514 /);
    assert.match(third!, /^\d+ {2}\d{4}-.* {2}"\w+"\."orders" {2}23514$/m);
    assert.match(third!, /^ {2}constraint: orders_note_check$/m);
    assert.match(second!, /^ {2}detail: Key \(customer\)=\(2\) is not present/m);
    assert.match(first!, /^ {2}row: \{"id":.*"note":"a\\tb"/m);
    assert.equal(code, 0);
  });

  it("list --limit says how many there are more", async () => {
    const { stdout } = await run(["dead-letters", "list", letters, "--limit", "1"]);
    assert.match(stdout, /\n\n2 more: --limit 3 lists all\.\n$/);
    assert.equal(stdout.match(/^ {2}row: /gm)?.length, 1);
  });

  it("list --json prints all letters as lines", async () => {
    const { stdout } = await run(["dead-letters", "list", letters, "--json"]);
    const listed = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      listed.map(({ row, sql_state: sqlState }) => [row.id, sqlState]),
      [
        ["3", "23514"],
        ["2", "23503"],
        ["1", "23503"],
      ],
    );
  });

  it("list --where takes a condition, whose comment hides nothing", async () => {
    const where = "sql_state = '23514' OR false -- only these";
    const { stdout } = await run(["dead-letters", "list", letters, "--json", "--where", where]);
    assert.equal(JSON.parse(stdout).row.id, "3");
    const wrong = await run(["dead-letters", "list", letters, "--where", "nope = 1"]);
    assert.match(wrong.stderr, /column "nope" does not exist/);
    assert.equal(wrong.code, 2);
  });

  it("resend writes what the server accepts now, and keeps the rest", async () => {
    await db.rows(`INSERT INTO ${db.name}.customers VALUES (1)`);
    const { code, stdout } = await run(["dead-letters", "resend", letters, "--into", table]);
    assert.match(
      stdout,
      /^1 letter is sent\.\n2 letters were rejected again, and stay:\n {2}\d+: 23503 /,
    );
    assert.match(stdout, /^ {2}\d+: 23514 new row .* violates check constraint/m);
    assert.equal(code, 1);
    assert.deepEqual(await db.rows(`SELECT id, note FROM ${table}`), [{ id: 1, note: "a\tb" }]);
    assert.deepEqual(await db.rows(`SELECT row->>'id' AS id FROM ${letters} ORDER BY 1`), [
      { id: "2" },
      { id: "3" },
    ]);
  });

  it("resend ends with 0 if all that were chosen are sent", async () => {
    await db.rows(`INSERT INTO ${db.name}.customers VALUES (1), (2)`);
    const args = ["resend", letters, "--into", table, "--where", "sql_state = '23503'", "--json"];
    const { code, stdout } = await run(["dead-letters", ...args]);
    assert.deepEqual(JSON.parse(stdout), { type: "summary", sent: 2, rejected: 0 });
    assert.equal(code, 0);
  });

  it("ends quietly if nobody reads its output any more", async () => {
    await db.rows(`INSERT INTO ${letters} (table_name, row, code, message)
      SELECT 'x', '{}', 'ENCODE_FAILED', repeat('x', 1000) FROM generate_series(1, 2000)`);
    const { code, stdout, stderr } = await run(["dead-letters", "list", letters, "--json"], {
      closeStdoutAfter: 1,
    });
    assert.ok(stdout.length > 0);
    assert.equal(stderr, "");
    assert.equal(code, 0);
  });
});
