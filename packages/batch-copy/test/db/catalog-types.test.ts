import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import type { ByteReader } from "../../dist/bytes/byte-reader.js";
import type { ByteWriter } from "../../dist/bytes/byte-writer.js";
import {
  arrayOf,
  columnType,
  compositeOf,
  Copier,
  date,
  domainOf,
  enumOf,
  inet,
  int4,
  rangeOf,
  RowRejectedError,
  table,
  text,
  uuid,
  type Columns,
  type Table,
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
        'its column "item" is aclitem, a type without a binary form, and the server rejects every binary COPY into such a table',
      ]);
    }
  });
});

describe("a type of the user's own", () => {
  it("is compared down to what it is made of", async () => {
    const { schema } = db;
    await db.pool.query(`CREATE DOMAIN ${schema}.day AS int4;
      CREATE TYPE ${schema}.pair AS (a int4, b text, days ${schema}.day[]);
      CREATE TYPE ${schema}.span AS RANGE (SUBTYPE = int4);
      CREATE TYPE ${schema}.mood AS ENUM ('sad', 'ok');
      CREATE TABLE ${schema}.nested (day ${schema}.day, days ${schema}.day[], pair ${schema}.pair,
        pairs ${schema}.pair[], span ${schema}.span, mood ${schema}.mood, moods ${schema}.mood[])`);
    const day = domainOf("day", int4, { schema });
    const wrongDay = domainOf("day", date, { schema });
    const definition = (columns: Columns): Table => table("nested", columns, { schema });
    const wrong = definition({
      day: wrongDay,
      days: arrayOf(wrongDay),
      pair: compositeOf("pair", { b: text, days: arrayOf(wrongDay) }, { schema }),
      pairs: arrayOf(compositeOf("pair", { c: text }, { schema })),
      span: rangeOf(date, "span", { schema }),
      mood: domainOf("mood", text, { schema }),
      moods: arrayOf(enumOf("mood", ["ok", "glad"], { schema })),
    });
    const error = await mismatch(Copier.connect(wrong, { databaseUrl }));
    const base = "is integer in the database and date in the definition";
    const days = `is ${schema}.day[], whose element is ${schema}.day, whose base type ${base}`;
    assert.deepEqual(
      error.differences.map((difference) => difference.split(", where ")[0]),
      [
        `column "day" is ${schema}.day, whose base type ${base}`,
        `column "days" ${days}`,
        `column "pair" is ${schema}.pair, whose attribute "days" ${days}`,
        `column "pairs" is ${schema}.pair[], whose element is ${schema}.pair, which has no attribute "c"`,
        `column "span" is ${schema}.span, whose bound ${base}`,
        'column "mood" is an enum in the database and a domain in the definition',
        `column "moods" is ${schema}.mood[], whose element is ${schema}.mood, which has no label "glad"`,
      ],
    );
    const fitting = definition({
      days: arrayOf(day),
      pairs: arrayOf(compositeOf("pair", { days: arrayOf(day), b: text }, { schema })),
      span: rangeOf(int4, "span", { schema }),
      mood: enumOf("mood", ["ok"], { schema }),
    });
    const copier = await Copier.connect(fitting, { databaseUrl });
    await copier.insert({ days: [1], pairs: [{ days: [2], b: "x" }], span: "[1,2)", mood: "ok" });
    await copier.close();
  });
});

describe("a base type without a codec", () => {
  for (const name of ["plain_base", "MixedBase", "ÄrgerBase"]) {
    it(`is named as columnType takes it, also in an array: ${name}`, async () => {
      const type = `${db.schema}."${name}"`;
      await db.pool.query(`CREATE TYPE ${type};
        CREATE FUNCTION ${db.schema}.read(cstring) RETURNS ${type} AS 'int4in' LANGUAGE internal STRICT IMMUTABLE;
        CREATE FUNCTION ${db.schema}.print(${type}) RETURNS cstring AS 'int4out' LANGUAGE internal STRICT IMMUTABLE;
        CREATE FUNCTION ${db.schema}.receive(internal) RETURNS ${type} AS 'int4recv' LANGUAGE internal STRICT IMMUTABLE;
        CREATE TYPE ${type} (INPUT = ${db.schema}.read, OUTPUT = ${db.schema}.print, RECEIVE = ${db.schema}.receive, LIKE = int4);
        CREATE TABLE ${db.schema}.of_base ("values" ${type}[])`);
      const connect = (): Promise<Copier<object>> => {
        return Copier.connect<object>(`${db.schema}.of_base`, { databaseUrl });
      };
      const { message } = await mismatch(connect());
      const [, advised] = /and .* has no codec: .*columnType\((".*"), \{/.exec(message) ?? [];
      columnType<number>(JSON.parse(advised!) as string, {
        encode: (value, out) => out.int32(value),
        decode: (input) => input.int32(),
      });
      await using copier = await connect();
      await copier.insert({ values: [1, null] });
      // Without quotes, only ASCII letters are folded.
      const folded = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
      if (/^[^a-z]/.test(folded)) {
        await db.pool.query(`ALTER TYPE ${type} RENAME TO "${folded}"`);
        columnType<number>(name, { encode: (value, out) => out.int32(value), decode: () => 0 });
        await using renamed = await connect();
        await renamed.insert({ values: [2] });
      }
      await db.pool.query(
        `DROP TABLE ${db.schema}.of_base; DROP FUNCTION ${db.schema}.read CASCADE`,
      );
    });
  }
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

describe("a registered type of the name of a built-in one", () => {
  const word = {
    encode: (value: string, out: ByteWriter): void => out.text(value),
    decode: (input: ByteReader): string => input.text(),
  };

  it("is that of its schema alone", async () => {
    const [one, two] = [`${db.schema}_one`, `${db.schema}_two`];
    await db.pool.query(`CREATE SCHEMA ${one}; CREATE SCHEMA ${two};
      ${createBaseType(one, "point")} ${createBaseType(two, "point")}
      CREATE TABLE ${one}.places (at point, own ${one}.point, owns ${one}.point[], other ${two}.point)`);
    const marked = (mark: string): typeof word => ({
      ...word,
      encode: (value, out) => out.text(mark + value),
    });
    const unregistered = await mismatch(Copier.connect(`${one}.places`, { databaseUrl }));
    assert.match(unregistered.message, /"own" is .*point, which has no codec/);
    columnType(`${one}.point`, marked("one "));
    columnType(`"${two}".point`, marked("two "));
    const copier = await Copier.connect(`${one}.places`, { databaseUrl });
    await copier.insert({ at: { x: 1, y: 2 }, own: "a", owns: ["b"], other: "c" });
    await copier.close();
    const [row] = await db.rows(`SELECT at::text, own::text, owns::text, other::text
      FROM ${one}.places`);
    assert.deepEqual(row, { at: "(1,2)", own: "one a", owns: '{"one b"}', other: "two c" });
    await db.pool.query(`DROP SCHEMA ${one} CASCADE; DROP SCHEMA ${two} CASCADE`);
  });

  it("takes columns of any parameters", async () => {
    const schema = `${db.schema}_sized`;
    await db.pool.query(`CREATE SCHEMA ${schema};
      ${createBaseType(schema, "varchar", "TYPMOD_IN = varchartypmodin, TYPMOD_OUT = varchartypmodout,")}
      CREATE TABLE ${schema}.words (plain varchar(3), own ${schema}.varchar(3), longer ${schema}.varchar(7))`);
    columnType(`${schema}.varchar`, { ...word, sql: `${schema}."varchar"` });
    const copier = await Copier.connect(`${schema}.words`, { databaseUrl });
    await copier.insert({ plain: "abc", own: "abc", longer: "abcdefg" });
    await assert.rejects(copier.insert({ own: "abcd" }), RowRejectedError);
    await copier.close();
    const rows = await db.rows(`SELECT plain, own::text, longer::text FROM ${schema}.words`);
    assert.deepEqual(rows, [{ plain: "abc", own: "abc", longer: "abcdefg" }]);
    await db.pool.query(`DROP SCHEMA ${schema} CASCADE`);
  });

  it("is the built-in one if it has no schema", async () => {
    const schema = `${db.schema}_bare`;
    await db.pool.query(`CREATE SCHEMA ${schema}; ${createBaseType(schema, "macaddr8")}
      CREATE TABLE ${schema}.machines (own ${schema}.macaddr8)`);
    columnType("macaddr8", word);
    const error = await mismatch(Copier.connect(`${schema}.machines`, { databaseUrl }));
    assert.match(error.message, /which has no codec/);
    await db.pool.query(`DROP SCHEMA ${schema} CASCADE`);
  });
});

/** Creates a base type that is as varchar. */
function createBaseType(schema: string, name: string, modifiers = ""): string {
  const own = `${schema}."${name}"`;
  const source = "LANGUAGE internal IMMUTABLE STRICT";
  return `CREATE TYPE ${own};
    CREATE FUNCTION ${schema}.${name}_in(cstring, oid, int4) RETURNS ${own} ${source} AS 'varcharin';
    CREATE FUNCTION ${schema}.${name}_out(${own}) RETURNS cstring ${source} AS 'varcharout';
    CREATE FUNCTION ${schema}.${name}_recv(internal, oid, int4) RETURNS ${own} ${source} AS 'varcharrecv';
    CREATE FUNCTION ${schema}.${name}_send(${own}) RETURNS bytea ${source} AS 'varcharsend';
    CREATE TYPE ${own} (INPUT = ${schema}.${name}_in, OUTPUT = ${schema}.${name}_out,
      RECEIVE = ${schema}.${name}_recv, SEND = ${schema}.${name}_send, ${modifiers} LIKE = text);`;
}
