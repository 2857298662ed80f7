import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Pool } from "pg";

import { Copier, type ColumnType } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { allSamples } from "../helpers/samples/index.js";

// node-postgres reads a timestamp without a time zone as a Date in local time; ours are stored in UTC.
process.env["TZ"] = "UTC";

interface Exception {
  readonly type: RegExp;
  readonly literal: RegExp;
  readonly why: string;
}

/** What cannot be sent back as it was. */
const EXCEPTIONS: readonly Exception[] = [
  { type: /^money$/, literal: /./, why: "the text depends on lc_monetary" },
  { type: /^reg/, literal: /[a-z]/, why: "only the server can resolve a name" },
  { type: /^timestamp/, literal: /\.\d{3}\d*[1-9]/, why: "a Date ends at the millisecond" },
  { type: /^timestamp|^date$/, literal: /^(?:29|58)\d{4,5}-/, why: "the Date is invalid" },
  { type: /^interval$/, literal: /infinity/, why: "the driver reads an empty interval" },
  { type: /^arrayOf/, literal: /^\[/, why: "the driver leaves out where an array begins" },
  { type: /^arrayOf\(json/, literal: /^\{\{1/, why: "an array may be a dimension or a document" },
];

const db = useDatabase();
const pool = new Pool({ connectionString: databaseUrl, options: `-c search_path=${db.schema}` });
after(() => pool.end());
let serverVersion = 0;
let tables = 0;

before(async () => {
  const [row] = await db.rows<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  serverVersion = row!.version;
});

/** A table of one column of the type; the type itself is created with the first. */
async function createTable({ ddl, sql }: ColumnType<unknown>): Promise<string> {
  for (const statement of ddl) {
    const name = /^CREATE \w+ (\S+)/.exec(statement)![1];
    const { rows } = await pool.query("SELECT to_regtype($1) IS NULL AS missing", [name]);
    if ((rows[0] as { missing: boolean }).missing) {
      await pool.query(statement);
    }
  }
  const table = `t${tables++}`;
  await pool.query(`CREATE TABLE ${table} (value ${sql})`);
  return table;
}

describe("what node-postgres reads by its defaults can be sent back", () => {
  for (const { type, accepted, extension, since = 13 } of allSamples) {
    if (extension !== undefined) {
      continue;
    }
    const exceptions = EXCEPTIONS.filter((exception) => exception.type.test(type.name));

    it(`for ${type.name}`, async (test) => {
      if (serverVersion < since) {
        test.skip(`PostgreSQL ${since} has it first`);
        return;
      }
      const [source, target] = [await createTable(type), await createTable(type)];
      await using copier = await Copier.connect(target, { pool, connections: 1 });
      for (const [, literal] of accepted) {
        if (exceptions.some((exception) => exception.literal.test(literal))) {
          continue;
        }
        await pool.query(`TRUNCATE ${source}, ${target}`);
        await pool.query(`INSERT INTO ${source} VALUES ($1)`, [literal]);
        const { rows } = await pool.query<object>(`SELECT value FROM ${source}`);
        await copier.insert(rows[0] as Record<string, unknown>);
        const stored = `SELECT value::text FROM ${target}`;
        const found = await pool.query(stored);
        const expected = await pool.query(stored.replace(target, source));
        assert.deepEqual(found.rows, expected.rows);
      }
    });
  }

  it("where a value is infinite", async () => {
    await pool.query(`CREATE TABLE infinite (d date, t timestamp, z timestamptz, ds date[]);
      CREATE TABLE infinite_copy (LIKE infinite);
      INSERT INTO infinite VALUES
        ('infinity', 'infinity', 'infinity', '{infinity,NULL,-infinity}'),
        ('-infinity', '-infinity', '-infinity', '{}')`);
    await using copier = await Copier.connect("infinite_copy", { pool });
    const { rows } = await pool.query<Record<string, unknown>>("SELECT * FROM infinite");
    assert.equal(rows[0]!["z"], Infinity);
    await copier.sendMany(rows);
    await copier.flush();
    const { rows: found } = await pool.query("SELECT * FROM infinite_copy ORDER BY d DESC");
    assert.deepEqual(found, rows);
  });

  it("where a value is an interval, as objects and in arrays", async () => {
    await pool.query(`CREATE TABLE durations (v interval, vs interval[]);
      CREATE TABLE durations_copy (LIKE durations);
      INSERT INTO durations VALUES
        ('1 year 2 mons 3 days 04:05:06.789012', '{1 year,0,NULL}'),
        ('-1 years -2 mons +3 days -04:05:06.000001', '{-00:00:00.5}'), ('0', '{}')`);
    await using copier = await Copier.connect("durations_copy", { pool });
    const { rows } = await pool.query<Record<string, unknown>>("SELECT * FROM durations");
    await copier.sendMany(rows);
    await copier.flush();
    const { rows: found } = await pool.query(
      "SELECT count(*)::int AS same FROM durations JOIN durations_copy USING (v, vs)",
    );
    assert.deepEqual(found, [{ same: 3 }]);
  });
});
