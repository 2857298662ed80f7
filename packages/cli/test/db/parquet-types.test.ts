import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { Copier } from "batch-copy";
import { Pool } from "pg";

import {
  expectedColumns,
  fixturePath,
  parquetFixtures,
  readParquet,
} from "../helpers/parquet-fixtures.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const { name: schema } = useSchema();
/** Prints timestamps and numbers as make.py expects them, whatever the defaults of the server are. */
const pool = new Pool({
  connectionString: databaseUrl,
  options: "-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres -c extra_float_digits=1",
});
after(() => pool.end());

describe("a table of the types that are proposed for a Parquet file", () => {
  for (const file of parquetFixtures) {
    it(`takes the values of ${file}`, async () => {
      const columns = expectedColumns(file);
      const table = `${schema}."${file}"`;
      // The Copier takes JSON as values of JavaScript, in which numbers lose digits; a loader, as text.
      const definitions = columns.map(
        ({ name, sql }) => `"${name}" ${sql === "jsonb" ? "text" : sql}`,
      );
      await pool.query(`CREATE TABLE ${table} ("row number" int, ${definitions.join()})`);
      const forms = Object.fromEntries(columns.map(({ name }) => [name, "value" as const]));
      const { records } = await readParquet(fixturePath(file), forms);
      const copier = await Copier.connect(table, { databaseUrl });
      await copier.sendMany(
        records.map(({ values, offset }) => ({
          "row number": offset,
          ...Object.fromEntries(columns.map(({ name }, i) => [name, values[i]])),
        })),
      );
      await copier.close();
      for (const { name, sql, texts } of columns) {
        const wanted = records.map(({ offset }) => texts[offset]);
        const { rows } = await pool.query<{ text: string; wanted: string }>(
          sql === "jsonb"
            ? `SELECT "${name}"::jsonb::text AS text, wanted::jsonb::text FROM ${table}
                 JOIN unnest($1::text[]) WITH ORDINALITY AS expected (wanted, n)
                 ON n = "row number" + 1 ORDER BY n`
            : `SELECT "${name}"::text AS text, wanted FROM ${table}
                 JOIN unnest($1::text[], $2::int[]) AS expected (wanted, n)
                 ON n = "row number" ORDER BY n`,
          sql === "jsonb" ? [texts] : [wanted, records.map(({ offset }) => offset)],
        );
        assert.deepEqual(
          rows.map((row) => row.text),
          rows.map((row) => row.wanted),
          name,
        );
        assert.equal(rows.length, records.length, name);
      }
    });
  }
});
