import assert from "node:assert/strict";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { Pool } from "pg";

import { run } from "../helpers/command.js";
import { useFolder } from "../helpers/folder.js";
import { expectedColumns, fixturePath, parquetFixtures } from "../helpers/parquet-fixtures.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const { name: schema } = useSchema();
const folder = useFolder();
/** Prints timestamps and numbers as make.py expects them, whatever the defaults of the server are. */
const pool = new Pool({
  connectionString: databaseUrl,
  options: "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1",
});
after(() => pool.end());

/** Rows whose nanoseconds no type of PostgreSQL can hold. */
const REJECTED: Readonly<Record<string, readonly number[]>> = { "bad-values.parquet": [1, 2, 3] };

describe("batch-copy load of Parquet", { concurrency: 3 }, () => {
  for (const file of parquetFixtures) {
    it(`loads ${file}`, async () => {
      const columns = expectedColumns(file);
      const table = `${schema}."${file}"`;
      const definitions = columns.map(({ name, sql }) => `"${name}" ${sql}`);
      await pool.query(`CREATE TABLE ${table} (n serial, ${definitions.join()})`);
      const rejects = join(folder.path, `${file}.rejects`);
      // One connection writes rows in their order.
      const args = [fixturePath(file), "--into", table, "--connections", "1", "--rejects", rejects];
      const { code, stderr } = await run(["load", ...args]);
      const rejected = REJECTED[file] ?? [];
      assert.equal(code, rejected.length > 0 ? 1 : 0, stderr);
      for (const { name, sql, texts } of columns) {
        const wanted = texts.filter((_, row) => !rejected.includes(row));
        const { rows } = await pool.query<{ text: string; wanted: string }>(
          `SELECT "${name}"::text AS text, ${sql === "jsonb" ? "wanted::jsonb::text" : "wanted"}
             FROM (SELECT *, row_number() OVER (ORDER BY n) AS i FROM ${table}) loaded
             FULL JOIN unnest($1::text[]) WITH ORDINALITY AS expected (wanted, i) USING (i) ORDER BY i`,
          [wanted],
        );
        assert.deepEqual(
          rows.map((row) => row.text),
          rows.map((row) => row.wanted),
          name,
        );
        assert.equal(rows.length, wanted.length, name);
      }
    });
  }

  it("keeps rejected rows as NDJSON, which can be loaded once they are corrected", async () => {
    const table = `${schema}.corrected`;
    await pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, ns timestamp, list time[])`);
    const rejects = join(folder.path, "rejected.ndjson");
    const into = ["--into", table];
    const path = fixturePath("bad-values.parquet");
    const first = await run(["load", path, ...into, "--rejects", rejects]);
    assert.equal(first.code, 1, first.stderr);
    const text = readFileSync(rejects, "utf8");
    assert.deepEqual(
      text
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { id: number }).id),
      [1, 2, 3],
    );
    const corrected = text.replace(/(:\d\d:\d\d\.\d{6})\d+/g, "$1");
    const again = await run(["load", folder.write("corrected.ndjson", corrected), ...into]);
    assert.equal(again.code, 0, again.stderr);
    const { rows } = await pool.query<{ ids: number[] }>(
      `SELECT array_agg(id ORDER BY id) AS ids FROM ${table}`,
    );
    assert.deepEqual(rows[0]!.ids, [0, 1, 2, 3, 4]);
  });

  it("maps, skips and chooses columns, and takes --skip and --limit", async () => {
    const table = `${schema}.mapped`;
    await pool.query(`CREATE TABLE ${table} (id bigint, name text, batch int)`);
    const renamed = ["--map", "number=id", "--map", "text=name", "--map", "list="];
    const part = ["--skip", "2", "--limit", "3", "--set", "batch=7"];
    const { code, stderr } = await run([
      "load",
      fixturePath("zstd-1.parquet"),
      "--into",
      table,
      ...renamed,
      ...part,
    ]);
    assert.equal(code, 0, stderr);
    const { rows } = await pool.query<{ row: string }>(
      `SELECT t::text AS row FROM ${table} t ORDER BY id`,
    );
    assert.deepEqual(
      rows.map(({ row }) => row),
      ['(-48,"",7)', '(-47,"text 13 ",7)', '(-46,"text 14 text 14 ",7)'],
    );
  });

  it("refuses a file that is cut off, and stdin", async () => {
    const table = `${schema}.refused`;
    await pool.query(`CREATE TABLE ${table} (number bigint, text text, list int[])`);
    const path = fixturePath("none-1.parquet");
    const cut = folder.write("cut.parquet", readFileSync(path).subarray(0, -10));
    const ofCut = await run(["load", cut, "--into", table]);
    assert.match(ofCut.stderr, /cut\.parquet/);
    assert.equal(ofCut.code, 2, ofCut.stderr);
    const ofStdin = await run(["load", "-", "--into", table], { stdin: readFileSync(path) });
    assert.match(ofStdin.stderr, /Parquet/);
    assert.equal(ofStdin.code, 2, ofStdin.stderr);
  });

  it("finds Parquet by its content", async () => {
    const table = `${schema}.found`;
    await pool.query(`CREATE TABLE ${table} (number bigint, text text, list int[])`);
    const path = join(folder.path, "file.bin");
    copyFileSync(fixturePath("none-1.parquet"), path);
    const { code, stderr } = await run(["load", path, "--into", table]);
    assert.equal(code, 0, stderr);
    const { rows } = await pool.query(`SELECT FROM ${table}`);
    assert.equal(rows.length, 100);
  });
});
