import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import {
  arrayOf,
  columnType,
  Copier,
  domainOf,
  inet,
  int4,
  table,
  uuid,
  type Columns,
} from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { mismatch } from "../helpers/mismatch.js";

const db = useDatabase();

describe("types without a binary form", () => {
  it("are named where a column is made of them", async () => {
    const { schema } = db;
    await db.pool.query(`CREATE DOMAIN ${schema}.right_of AS aclitem;
      CREATE TYPE ${schema}.grant_of AS (who text, rights ${schema}.right_of);
      CREATE TABLE ${schema}.grants (id int4, a ${schema}.right_of, b aclitem[], c ${schema}.grant_of)`);
    const grants = await mismatch(Copier.connect(`${schema}.grants`, { databaseUrl }));
    const reason = "and aclitem has no binary form: leave the column out";
    assert.deepEqual(grants.differences, [
      `column "a" is ${schema}.right_of, ${reason}`,
      `column "b" is aclitem[], ${reason}`,
      `column "c" is ${schema}.grant_of, ${reason}`,
    ]);
    const own = columnType<string>("aclitem", { encode() {}, decode: () => "" });
    const definition = table("grants", { id: int4, a: domainOf("right_of", own) }, { schema });
    const defined = await mismatch(Copier.connect(definition, { databaseUrl }));
    assert.deepEqual(defined.differences, grants.differences.slice(0, 1));
    const copier = await Copier.connect(`${schema}.grants`, { databaseUrl, columns: ["id"] });
    await copier.insert({ id: 1 });
    await copier.close();
  });

  it("keep the whole table from being filled, whichever columns are wanted", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.rights (id int4, item aclitem
      GENERATED ALWAYS AS (makeaclitem(10, 10, 'SELECT', false)) STORED)`);
    const definition = table("rights", { id: int4 }, { schema: db.schema });
    const refused = await Promise.all([
      mismatch(Copier.connect(`${db.schema}.rights`, { databaseUrl })),
      mismatch(Copier.connect(definition, { databaseUrl })),
    ]);
    for (const { differences } of refused) {
      assert.deepEqual(differences, [
        'its column "item" is aclitem, a type without a binary form: the server refuses any binary COPY into such a table',
      ]);
    }
  });
});

describe("a type of the user's own and a built-in one of the same name", () => {
  it("are told apart, wherever the search_path has pg_catalog", async () => {
    const schema = `${db.schema}_shadow`;
    await db.pool.query(`CREATE SCHEMA ${schema};
      CREATE DOMAIN ${schema}.uuid AS int4;
      CREATE TYPE ${schema}.inet AS ENUM ('a', 'b');
      CREATE TABLE ${schema}.shadowed (own ${schema}.uuid, owns ${schema}.uuid[], label ${schema}.inet,
        id pg_catalog.uuid, ids pg_catalog.uuid[])`);
    const own = domainOf("uuid", int4, { schema });
    const id = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
    const values = { own: 7, owns: [8], label: "b", id, ids: [id] };
    for (const path of [`${schema},pg_catalog`, schema, "public"]) {
      const pool = new Pool({
        connectionString: databaseUrl,
        options: `-c search_path=${path}`,
      });
      const connect = async (columns: Columns): Promise<void> => {
        const definition = table("shadowed", columns, { schema });
        await (await Copier.connect(definition, { pool })).close();
      };
      const byName = await Copier.connect(`${schema}.shadowed`, { pool });
      await byName.insert(values);
      await byName.close();
      await connect({ own, owns: arrayOf(own), id: uuid, ids: arrayOf(uuid) });
      const error = await mismatch(
        connect({ own: uuid, owns: arrayOf(uuid), label: inet, id: own, ids: arrayOf(own) }),
      );
      assert.equal(error.differences.length, 5, `${path}: ${error.message}`);
      await pool.end();
    }
    const found = await db.rows(`SELECT own, owns::int4[], label, id, ids FROM ${schema}.shadowed`);
    assert.deepEqual(found, [values, values, values]);
    await db.pool.query(`DROP SCHEMA ${schema} CASCADE`);
  });
});
