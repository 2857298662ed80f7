import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { Copier, describeTable, int4, table, text, type Table } from "../../dist/index.js";
import { CATALOG_QUERY } from "../../dist/table/catalog-query.js";
import { findTarget, type CopyTarget } from "../../dist/table/copy-target.js";
import { fieldChoice, type FieldOptions } from "../../dist/table/field-choice.js";
import { useDatabase } from "../helpers/database.js";
import { mismatch } from "../helpers/mismatch.js";
import { poolWithQuery } from "../helpers/tampered-pool.js";

const db = useDatabase();

/** Finds a table, and counts the queries. */
async function find(
  wanted: Table | string,
  options: Partial<FieldOptions> = {},
): Promise<{ target: CopyTarget; queries: number }> {
  let queries = 0;
  const connection = {
    query(sql: string, values: unknown[]) {
      queries++;
      return db.pool.query<object>(sql, values);
    },
  };
  const fieldsOf = fieldChoice(wanted, { columns: undefined, names: undefined, ...options });
  const target = await findTarget(wanted, connection, fieldsOf);
  return { target, queries };
}

describe("to find a table", () => {
  before(async () => {
    await db.pool.query(`SET search_path = ${db.schema};
      CREATE DOMAIN positive AS int4 CHECK (value > 0);
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE TABLE events (status_code int4 NOT NULL, "when" timestamptz DEFAULT now(),
        a positive, b positive[], mood mood, scores numeric(4, 1)[]);
      RESET search_path`);
  });

  it("takes one catalog query, by a name or by a definition, with any names", async () => {
    const definition = table(
      "events",
      { statusCode: int4 },
      { schema: db.schema, names: "snake_case" },
    );
    const name = `${db.schema}.events`;
    const listed = { columns: ["statusCode", "a"], names: "snake_case" } as const;
    assert.equal((await find(name)).queries, 1);
    assert.equal((await find(name, { names: "snake_case" })).queries, 1);
    assert.equal((await find(name, listed)).queries, 1);
    // Only the server can tell whether the domain of a column that is left out allows NULL.
    assert.equal((await find(name, { columns: ["status_code"] })).queries, 2);
    assert.equal((await find(definition)).queries, 2);
  });

  it("takes one catalog query of all that connect asks", async () => {
    let queries = 0;
    const pool = poolWithQuery((query) => {
      return function (this: unknown, ...args: unknown[]) {
        const [config] = args as [string | { text: string }];
        queries += (typeof config === "string" ? config : config.text) === CATALOG_QUERY ? 1 : 0;
        return query.apply(this, args);
      };
    });
    const definition = await db.create("plain", { id: int4, note: text });
    for (const wanted of [definition, `${db.schema}.plain`, `${db.schema}.events`]) {
      queries = 0;
      const copier = await Copier.connect(wanted as string, { pool });
      assert.equal(queries, 1);
      await copier.close();
    }
    await pool.end();
  });

  it("tells the name under which it was found, however that is written", async () => {
    const definition = await db.create("same", { id: int4 });
    const foundName = `"${db.schema}"."same"`;
    for (const wanted of [definition, `${db.schema}.same`, `${db.schema}."same"`, foundName]) {
      assert.equal((await find(wanted)).target.foundName, foundName);
    }
    const [row] = await db.rows("SELECT $1::regclass::oid::int8::int4 AS oid", [foundName]);
    assert.deepEqual(row, { oid: (await describeTable(db.pool, foundName)).oid });
  });

  it("finds out that the context of errors may mislead by the columns' names in SQL, not by keys", async () => {
    const columns = { "line 1": int4, "line\n2": int4 };
    const schema = db.schema;
    const plain = table("plain_lines", columns, { schema, names: (key) => key.replace("\n", " ") });
    const odd = table("odd_lines", columns, { schema, names: (key) => key.replace(" ", "\n") });
    await db.pool.query(`${plain.ddl} ${odd.ddl}`);
    assert.equal((await find(plain)).target.contextName, "plain_lines");
    assert.equal((await find(odd)).target.contextName, undefined);
  });

  it("needs a privilege on each column, by a name as well", async () => {
    const role = `${db.schema}_writer`;
    await db.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT INSERT ("when") ON ${db.schema}.events TO ${role}`);
    const pool = poolWithQuery((query) => query, { options: `-c role=${role}` });
    const options = { pool, names: "snake_case" } as const;
    const error = await mismatch(Copier.connect(`${db.schema}.events`, options));
    assert.deepEqual(error.differences, [
      'this role has no INSERT privilege on column "status_code" (statusCode): grant it, because the option "columns" cannot leave out a column that is NOT NULL without a default',
    ]);
    await pool.end();
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});
