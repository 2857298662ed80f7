import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import fc from "fast-check";
import { Pool } from "pg";

import { rowJson } from "../../dist/dead-letters/row-json.js";
import { CONSTANT_FORM } from "../../dist/dead-letters/text-settings.js";
import { Copier } from "../../dist/index.js";
import { copyOut } from "../helpers/copy-out.js";
import { payloadOf } from "../helpers/open-writer.js";
import { allSamples } from "../helpers/samples/index.js";
import { useTypedTables, type TypedTable } from "../helpers/typed-tables.js";

const GENERATED_VALUES = 200;

const { db, pool, tableOf, obstacle } = useTypedTables();

/** Settings that change how the server prints and reads values. */
const oddPool = new Pool({
  connectionString: db.url,
  max: 1,
  options: [
    "datestyle=German,DMY",
    "intervalstyle=sql_standard",
    "extra_float_digits=-9",
    "bytea_output=escape",
    "lc_monetary=C.UTF-8",
    "timezone=Asia/Kathmandu",
    "xmloption=document",
    "standard_conforming_strings=off",
    "search_path=pg_temp",
  ]
    .map((setting) => `-c ${setting}`)
    .join(" "),
});
after(() => oddPool.end());

/** The letter of a row that has all the values, over a connection with odd settings. */
async function textsOf(
  { codec, type }: TypedTable,
  values: readonly unknown[],
): Promise<readonly (string | null)[]> {
  const columns = values.map((_, i) => ({ name: `c${i}`, type }));
  const fields = values.map((value) => payloadOf(codec, value));
  const client = await oddPool.connect();
  try {
    const json = await rowJson(columns, fields, client);
    const texts = JSON.parse(json) as Record<string, string | null>;
    return columns.map(({ name }) => texts[name]!);
  } finally {
    client.release();
  }
}

/**
 * The values in the table in their binary form. That of a tsquery says how `a & b & c` was grouped, which
 * its text form does not.
 */
async function stored({ definition, type }: TypedTable): Promise<string[]> {
  const value = type.name === "tsquery" ? "value::text" : "value";
  const client = await pool.connect();
  try {
    const tuples = await copyOut(client, `SELECT ${value} FROM ${definition.name} ORDER BY id`);
    return tuples.map(([payload]) => payload!.toString("hex"));
  } finally {
    client.release();
  }
}

async function storeRows({ definition }: TypedTable, values: readonly unknown[]): Promise<void> {
  await using copier = await Copier.connect(definition, { pool, connections: 1 });
  await copier.sendMany(values.map((value, id) => ({ id, value })) as never);
  await copier.flush();
}

/** The server reads the texts as it does when a letter is sent again. */
async function storeTexts(
  { definition }: TypedTable,
  texts: readonly (string | null)[],
): Promise<void> {
  const client = await oddPool.connect();
  const rows = texts.map((_, i) => `(${i}, $${i + 1})`);
  try {
    await client.query("BEGIN");
    await client.query(`SELECT ${CONSTANT_FORM}`);
    await client.query(
      `INSERT INTO ${db.schema}.${definition.name} VALUES ${rows.join(", ")}`,
      texts as string[],
    );
  } finally {
    await client.query("COMMIT");
    client.release();
  }
}

/** PostgreSQL prints such a tsquery without parentheses, and then reads at most 32 operators in a row. */
function isTooDeep(value: unknown): boolean {
  return typeof value === "string" && /(?:!\(?){33}/.test(value);
}

describe("the text forms of a letter stand for the values of the row, whatever the settings are", () => {
  for (const samples of allSamples) {
    const { type, accepted, generated } = samples;

    it(`of ${type.name}`, async (test) => {
      const reason = await obstacle(samples);
      if (reason !== undefined) {
        test.skip(reason);
        return;
      }
      const typedTable = await tableOf(type);
      const values = [
        ...accepted.map(([value]) => value).filter((value) => !isTooDeep(value)),
        ...(generated ? fc.sample(generated, GENERATED_VALUES).map(([value]) => value) : []),
      ];
      await storeRows(typedTable, values);
      const expected = await stored(typedTable);
      await pool.query(`TRUNCATE ${typedTable.definition.name}`);

      await storeTexts(typedTable, await textsOf(typedTable, values));
      assert.deepEqual(await stored(typedTable), expected);
    });
  }
});
