import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import fc from "fast-check";
import { Pool, type PoolClient } from "pg";

import { ByteReader } from "../../dist/bytes/byte-reader.js";
import type { Codec } from "../../dist/codecs/codec.js";
import { Copier, int4, table, type ColumnType, type Table } from "../../dist/index.js";
import { lookUpTable } from "../../dist/table/describe-table.js";
import { copyOut } from "../helpers/copy-out.js";
import { copyText } from "../helpers/copy-text.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { payloadOf } from "../helpers/open-writer.js";
import { allSamples } from "../helpers/samples/index.js";
import type { TypeSamples } from "../helpers/type-sample.js";

/** Values for each type; `npm run test:values` is the long run, of a million. */
const GENERATED_VALUES = Number(process.env["GENERATED_VALUES"] ?? 10_000);
const VALUES_A_ROUND = 10_000;

const db = useDatabase();
/** Types of the user's own are created in the test's schema; those of extensions are in public. */
const pool = new Pool({
  connectionString: databaseUrl,
  options: `-c search_path=${db.schema},public`,
});
after(() => pool.end());
const createdTypes = new Set<string>();
let tables = 0;
let serverVersion = 0;

before(async () => {
  const [row] = await db.rows<{ version: number }>(
    "SELECT current_setting('server_version_num')::int / 10000 AS version",
  );
  serverVersion = row!.version;
});

/** A table of one column of the type, and the type's codec for it. */
async function tableOf(type: ColumnType<unknown>): Promise<[Table, Codec<unknown>]> {
  for (const statement of type.ddl.filter((ddl) => !createdTypes.has(ddl))) {
    await pool.query(statement);
    createdTypes.add(statement);
  }
  const definition = table(`t${tables++}`, { id: int4, value: type });
  await pool.query(definition.ddl.slice(definition.ddl.indexOf("CREATE TABLE")));
  const found = await lookUpTable(pool, definition.name, []);
  return [definition, type.codecFor(found!.table.columns[1]!.type)];
}

type Pair = readonly [value: unknown, literal: string];

async function send(definition: Table, pairs: readonly Pair[]): Promise<void> {
  await using copier = await Copier.connect(definition, { pool, connections: 1 });
  const rows = pairs.map(([value], id) => ({ id, value }));
  assert.equal(await copier.sendMany(rows as never), rows.length);
  await copier.flush();
}

/** Where the server has another value than its own reading of the literal. */
async function differences({ name }: Table, pairs: readonly Pair[]): Promise<unknown[]> {
  const client: PoolClient = await pool.connect();
  try {
    await client.query(`CREATE TEMP TABLE literal (LIKE ${name})`);
    await copyText(
      client,
      "literal",
      pairs.map(([, literal]) => literal),
    );
    const { rows } = await client.query(
      `SELECT left(w.value::text, 100) AS found, left(l.value::text, 100) AS expected
       FROM literal l LEFT JOIN ${name} w USING (id)
       WHERE w.value::text IS DISTINCT FROM l.value::text ORDER BY id LIMIT 5`,
    );
    return rows;
  } finally {
    await client.query("DROP TABLE IF EXISTS literal");
    client.release();
  }
}

/** What the server sends back, decoded; and it must be the same after another round. */
async function readBack(codec: Codec<unknown>, { name }: Table): Promise<unknown[]> {
  const client: PoolClient = await pool.connect();
  try {
    const query = `SELECT value FROM ${name} ORDER BY id`;
    const tuples = await copyOut(client, query);
    return tuples.map(([payload]) => {
      const value = codec.decode(new ByteReader(payload!));
      assert.deepEqual(decoded(codec, value), value);
      return value;
    });
  } finally {
    client.release();
  }
}

/** What comes back for a value: what we would decode, as the server's own reading makes it. */
function decoded(codec: Codec<unknown>, value: unknown): unknown {
  return codec.decode(new ByteReader(payloadOf(codec, value)));
}

/** Why the server at hand cannot be asked about the type, if it cannot. */
async function obstacle({
  since = 13,
  extension,
  extensionSince = 0,
}: TypeSamples): Promise<string | undefined> {
  if (serverVersion < since) {
    return `PostgreSQL ${since} has it first`;
  }
  if (extension === undefined) {
    return undefined;
  }
  const [found] = await db.rows<{ version: string }>(
    "SELECT default_version AS version FROM pg_available_extensions WHERE name = $1",
    [extension],
  );
  if (found === undefined) {
    return `the server has no extension ${extension}`;
  }
  if (Number.parseFloat(found.version) < extensionSince) {
    return `${extension} ${extensionSince} has it first, this is ${found.version}`;
  }
  await db.pool.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  return undefined;
}

describe("the server reads what was meant, and sends it back", () => {
  for (const samples of allSamples) {
    const { type, accepted, refused, generated } = samples;

    it(`for the edge values of ${type.name}`, async (test) => {
      const reason = await obstacle(samples);
      if (reason !== undefined) {
        test.skip(reason);
        return;
      }
      const [definition, codec] = await tableOf(type);
      const pairs = accepted.map(([value, literal]) => [value, literal] as const);
      await send(definition, pairs);
      assert.deepEqual(await differences(definition, pairs), []);
      for (const [value, , expected = value] of accepted) {
        assert.deepEqual(decoded(codec, value), expected);
      }
      await readBack(codec, definition);
      for (const [value, message] of refused) {
        assert.throws(() => payloadOf(codec, value), message);
      }
    });

    if (generated !== undefined) {
      it(`for generated values of ${type.name}`, async (test) => {
        const reason = await obstacle(samples);
        if (reason !== undefined) {
          test.skip(reason);
          return;
        }
        const [definition, codec] = await tableOf(type);
        for (let done = 0; done < GENERATED_VALUES; done += VALUES_A_ROUND) {
          const pairs: readonly Pair[] = fc.sample(
            generated,
            Math.min(VALUES_A_ROUND, GENERATED_VALUES),
          );
          await send(definition, pairs);
          assert.deepEqual(await differences(definition, pairs), []);
          const back = await readBack(codec, definition);
          assert.equal(back.length, pairs.length);
          if (!samples.isCanonicalized) {
            assert.deepEqual(
              back,
              pairs.map(([value]) => decoded(codec, value)),
            );
          }
          await pool.query(`TRUNCATE ${definition.name}`);
        }
      });
    }
  }
});
