import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

import { int4, table, type Table } from "batch-copy";
import { Pool, type PoolClient } from "pg";

import { copyText } from "../../../batch-copy/dist-test/helpers/copy-text.js";
import { allSamples } from "../../../batch-copy/dist-test/helpers/samples/index.js";
import type { TypeSamples } from "../../../batch-copy/dist-test/helpers/type-sample.js";
import { run } from "../helpers/command.js";
import { copyTo } from "../helpers/copy-csv.js";
import { useFolder } from "../helpers/folder.js";
import { rejectsIn, type ReasonLine } from "../helpers/rejects-in.js";
import { databaseUrl, useSchema } from "../helpers/schema.js";

const { name: schema } = useSchema();
const folder = useFolder();
const pool = new Pool({
  connectionString: databaseUrl,
  max: 1,
  options: `-c search_path=${schema},public`,
});
after(() => pool.end());

/** Types whose texts are refused, because only the server, or only the user, knows what is meant. */
const REFUSED: readonly (readonly [type: RegExp, reason: RegExp])[] = [
  [/^reg/, /is a name, which only the server can resolve/],
  [/^money$/, /depends on lc_monetary/],
  [/^arrayOf\(jsonb?\)$/, /could be a JSON string or a JSON document/],
];

/** A column of each type that the server has. A row has a value in one of them. */
class TypesTable {
  readonly samples: readonly TypeSamples[];
  readonly definition: Table;

  constructor(samples: readonly TypeSamples[]) {
    const columns = samples.map(({ type }, index) => [`c${index}`, type.nullable()] as const);
    this.samples = samples;
    this.definition = table("types", { n: int4, ...Object.fromEntries(columns) });
  }

  /** Makes the table and an empty copy of it. Each value is read by its type's own input function. */
  async create(client: PoolClient): Promise<void> {
    await client.query(this.definition.ddl);
    await client.query(`CREATE TABLE copied (LIKE types);
      CREATE SEQUENCE rows; ALTER TABLE types ALTER n SET DEFAULT nextval('rows'), ADD id int`);
    for (const [index, { accepted }] of this.samples.entries()) {
      const literals = accepted.map(([, literal]) => literal);
      await copyText(client, `types (id, c${index})`, literals);
    }
    await client.query("ALTER TABLE types DROP id");
  }

  typeOf(column: string | null): string {
    return this.samples[Number(column?.slice(1))]!.type.name;
  }
}

async function isOnServer(client: PoolClient, samples: TypeSamples): Promise<boolean> {
  const { extension, extensionSince = 0, since = 13 } = samples;
  const { rows } = await client.query<{ version: number; available: string | null }>(
    `SELECT current_setting('server_version_num')::int / 10000 AS version,
       (SELECT default_version FROM pg_available_extensions WHERE name = $1) AS available`,
    [extension],
  );
  const { version, available } = rows[0]!;
  if (version < since) {
    return false;
  }
  if (extension === undefined) {
    return true;
  }
  if (available === null || Number.parseFloat(available) < extensionSince) {
    return false;
  }
  await client.query(`CREATE EXTENSION IF NOT EXISTS ${extension} SCHEMA public`);
  return true;
}

describe("what COPY … TO prints as CSV of all types", () => {
  let types: TypesTable;
  let reasons: readonly ReasonLine[];

  before(async () => {
    const client = await pool.connect();
    try {
      const samples = [];
      for (const one of allSamples) {
        if (await isOnServer(client, one)) {
          samples.push(one);
        }
      }
      types = new TypesTable(samples);
      await types.create(client);
      const csv = await copyTo(client, "COPY types TO STDOUT (FORMAT csv, HEADER)");
      const rejects = join(folder.path, "rejects.csv");
      const path = folder.write("types.csv", csv);
      const url = new URL(databaseUrl);
      url.searchParams.set("options", `-c search_path=${schema},public`);
      const args = ["load", path, "--into", "copied", "--rejects", rejects];
      const { code, stderr } = await run([...args, "--database-url", url.href]);
      assert.equal(code, 1, stderr);
      reasons = rejectsIn(rejects);
    } finally {
      client.release();
    }
  });

  it("is loaded, and equals what was printed, to the last bit", async () => {
    assert.ok(types.samples.length > 100, `only ${types.samples.length} types`);
    const client = await pool.connect();
    try {
      for (const [index, { type }] of types.samples.entries()) {
        // The text of a tsquery does not say how `a & b & c` was grouped.
        const column = type.name === "tsquery" ? `c${index}::text` : `c${index}`;
        const of = (from: string): string =>
          `COPY (SELECT n, ${column} FROM ${from} WHERE c${index} IS NOT NULL ORDER BY n) TO STDOUT (FORMAT binary)`;
        const known = "(SELECT types.* FROM types JOIN copied USING (n)) known";
        const expected = await copyTo(client, of(known));
        const actual = await copyTo(client, of("copied"));
        assert.equal(actual.toString("hex"), expected.toString("hex"), type.name);
      }
    } finally {
      client.release();
    }
  });

  it("loses no row: those that are not loaded are rejected, and only of types that are known to be", async () => {
    const { rows } = await pool.query<{ n: number }>(
      "SELECT n FROM types WHERE n NOT IN (SELECT n FROM copied)",
    );
    assert.equal(reasons.length, rows.length);
    for (const { column, message, sqlstate } of reasons) {
      const type = types.typeOf(column);
      const known = REFUSED.find(([name]) => name.test(type));
      assert.ok(known !== undefined, `${type}: ${message}`);
      assert.match(message, known[1]);
      assert.equal(sqlstate, null);
    }
  });

  for (const [type, reason] of REFUSED) {
    it(`has texts of ${type.source} that are really refused`, () => {
      const refused = reasons.filter(({ column }) => type.test(types.typeOf(column)));
      assert.ok(refused.length > 0);
      refused.forEach(({ message }) => assert.match(message, reason));
    });
  }
});
