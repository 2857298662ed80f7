import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import type { PoolClient } from "pg";

import { baseTypeNames } from "../../dist/codecs/base-types.js";
import { Copier } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import {
  baseTypesOf,
  EXTENSIONS_WITH_TYPES,
  namesIn,
  POSTGIS_WITHOUT_BINARY_FORM,
  UNHANDLED,
  WITHOUT_BINARY_FORM,
} from "../helpers/unhandled-types.js";

/** The built-in types with a codec of ours: base types, ranges and multiranges, and their arrays. */
const HANDLED_BUILT_INS = `
  WITH handled AS (
    SELECT oid, typarray FROM pg_type
    WHERE typnamespace = 'pg_catalog'::regnamespace
      AND (typtype = 'b' AND typname = ANY ($1) OR typtype IN ('r', 'm'))
  )
  SELECT format_type(oid, NULL) AS sql FROM handled
  UNION
  SELECT format_type(typarray, NULL) FROM handled WHERE typarray <> 0`;

const db = useDatabase();
const handled = new Set(baseTypeNames());

describe("the types of the server", () => {
  let client: PoolClient;
  let major: number;
  let missing: readonly string[];

  before(async () => {
    client = await db.pool.connect();
    const { rows } = await client.query<{ major: number }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS major",
    );
    major = rows[0]!.major;
    missing = await beginWithExtensions(client);
  });

  after(async () => {
    await client.query("ROLLBACK");
    client.release();
  });

  it("are handled if they have a binary form, but for those that refuse every value", async () => {
    const types = await baseTypesOf(client);
    const unhandled = types.filter(({ name, isBinary }) => isBinary && !handled.has(name));
    assert.deepEqual(
      unhandled.map(({ name }) => name),
      namesIn(UNHANDLED, major),
    );
  });

  it("have a binary form, but for those listed", async (test) => {
    if (missing.length > 0) {
      test.skip(`the server has no extension ${missing.join(", ")}`);
      return;
    }
    const types = await baseTypesOf(client);
    assert.deepEqual(
      types.filter(({ isBinary }) => !isBinary).map(({ name }) => name),
      namesIn(WITHOUT_BINARY_FORM, major),
    );
  });
});

describe("the types of PostGIS", () => {
  it("are handled if they have a binary form, and listed otherwise", async (test) => {
    const available = await db.rows("SELECT FROM pg_available_extensions WHERE name = 'postgis'");
    if (available.length === 0) {
      test.skip("the server has no extension postgis");
      return;
    }
    await db.pool.query("CREATE EXTENSION IF NOT EXISTS postgis");
    const builtIn = new Set((await baseTypesOf(db.pool, [])).map(({ name }) => name));
    const types = (await baseTypesOf(db.pool, ["postgis"])).filter(
      ({ name }) => !builtIn.has(name),
    );
    assert.deepEqual(
      types.filter(({ name, isBinary }) => isBinary && !handled.has(name)),
      [],
    );
    assert.deepEqual(
      types.filter(({ isBinary }) => !isBinary).map(({ name }) => name),
      namesIn(POSTGIS_WITHOUT_BINARY_FORM, Infinity),
    );
  });
});

describe("the types that are not handled", () => {
  it("are none that have a codec", () => {
    const lists = [UNHANDLED, WITHOUT_BINARY_FORM, POSTGIS_WITHOUT_BINARY_FORM];
    const names = lists.flatMap((list) => namesIn(list, Infinity));
    assert.deepEqual(
      names.filter((name) => handled.has(name)),
      [],
    );
  });
});

describe("a copier of a table's name", () => {
  it("takes columns of every handled built-in type", async () => {
    const types = await db.rows<{ sql: string }>(HANDLED_BUILT_INS, [[...handled]]);
    const columns = types.map(({ sql }, index) => `c${index} ${sql}`);
    await db.pool.query(`CREATE TABLE ${db.schema}.everything (${columns.join()})`);
    await using copier = await Copier.connect(`${db.schema}.everything`, { databaseUrl });
    await copier.insert(Object.fromEntries(columns.map((_, index) => [`c${index}`, null])));
    const [row] = await db.rows<object>(`SELECT * FROM ${db.schema}.everything`);
    assert.equal(Object.keys(row!).length, types.length);
  });
});

/**
 * Begins a transaction that has the extensions, to be rolled back: a test file that creates the same
 * one meanwhile waits for that, and then succeeds.
 *
 * @returns the extensions that the server does not have
 */
async function beginWithExtensions(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>("SELECT name FROM pg_available_extensions");
  const available = new Set(rows.map(({ name }) => name));
  const wanted = EXTENSIONS_WITH_TYPES.filter((name) => available.has(name));
  while (!(await tryToBeginWith(client, wanted))) {
    // Somebody else has created one of them: now it exists.
  }
  return EXTENSIONS_WITH_TYPES.filter((name) => !available.has(name));
}

async function tryToBeginWith(client: PoolClient, extensions: readonly string[]): Promise<boolean> {
  await client.query("BEGIN");
  try {
    for (const extension of extensions) {
      await client.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
    }
    return true;
  } catch (error) {
    await client.query("ROLLBACK");
    if ((error as { code?: string }).code !== "23505") {
      throw error;
    }
    return false;
  }
}
