import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import { Pool } from "pg";

import {
  arrayOf,
  columnType,
  compositeOf,
  Copier,
  date,
  definitionSource,
  describeTable,
  domainOf,
  enumOf,
  float8,
  int4,
  multirangeOf,
  numeric,
  rangeOf,
  table,
  text,
  timestamptz,
  varchar,
  type ByteReader,
  type ByteWriter,
  type Table,
} from "../../dist/index.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { mismatch } from "../helpers/mismatch.js";

const db = useDatabase();

/** A pool whose search_path is the test's schema, so that user types need no schema. */
function poolInSchema(): Pool {
  return new Pool({ connectionString: databaseUrl, options: `-c search_path=${db.schema}` });
}

describe("a copier of a table's name", () => {
  it("takes the columns from the catalog, but for those that are generated", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.orders (
      id bigint GENERATED ALWAYS AS IDENTITY, gone text, customer varchar(20) NOT NULL,
      price numeric(10, 2), total numeric GENERATED ALWAYS AS (price * 2) STORED,
      at timestamptz DEFAULT '2026-01-01Z', tags text[]);
      ALTER TABLE ${db.schema}.orders DROP COLUMN gone`);
    await using copier = await Copier.connect(`${db.schema}.orders`, {
      databaseUrl,
      columns: ["customer", "price", "tags"],
    });
    await copier.insert({ customer: "Ada", price: "1.50", tags: ["x", null] });
    const rows = await db.rows(`SELECT *, at::text FROM ${db.schema}.orders`);
    assert.deepEqual(rows, [
      {
        id: "1",
        customer: "Ada",
        price: "1.50",
        total: "3.00",
        at: "2026-01-01 00:00:00+00",
        tags: ["x", null],
      },
    ]);
    await using all = await Copier.connect<{ customer: string; at?: Date }>(`${db.schema}.orders`, {
      databaseUrl,
    });
    await all.insert({ customer: "Bob", at: new Date(0) });
    await assert.rejects(all.insert({ customer: "x".repeat(21) }), { column: "customer" });
    await assert.rejects(all.insert({ customer: "Eve", id: 1 } as never), { column: "id" });
  });

  it("finds tables of every kind that COPY fills, by names of every kind", async () => {
    await db.pool.query(`SET search_path = ${db.schema};
      CREATE TABLE parts (id int4, at date) PARTITION BY RANGE (at);
      CREATE TABLE parts_2026 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
      CREATE TABLE parent (id int4); CREATE TABLE child (note text) INHERITS (parent);
      CREATE UNLOGGED TABLE "Odd.Na""me" ("select" int4, "Mixed Case" text);
      RESET search_path`);
    const rows: readonly [name: string, row: object][] = [
      ["parts", { id: 1, at: "2026-05-05" }],
      ["child", { id: 2, note: "x" }],
      ['"Odd.Na""me"', { select: 3, "Mixed Case": "y" }],
    ];
    for (const [name, row] of rows) {
      await using copier = await Copier.connect(`${db.schema}.${name}`, { databaseUrl });
      await copier.insert(row as never);
      const [found] = await db.rows(`SELECT count(*)::int AS n FROM ${db.schema}.${name}`);
      assert.deepEqual(found, { n: 1 }, name);
    }
    const pool = poolInSchema();
    await using byPath = await Copier.connect("Parts", { pool });
    await byPath.insert({ id: 9, at: "2026-01-01" });
    await byPath.close();
    await pool.end();
  });

  it("fills a foreign table", async (test) => {
    const url = new URL(databaseUrl);
    const found = await db.rows("SELECT FROM pg_available_extensions WHERE name = 'postgres_fdw'");
    if (found.length === 0) {
      test.skip("the server has no postgres_fdw");
      return;
    }
    await db.pool.query(`CREATE EXTENSION IF NOT EXISTS postgres_fdw;
      CREATE TABLE ${db.schema}.near (id int4, note text);
      CREATE SERVER ${db.schema}_loop FOREIGN DATA WRAPPER postgres_fdw
        OPTIONS (host '${url.hostname}', port '${url.port}', dbname '${url.pathname.slice(1)}');
      CREATE USER MAPPING FOR CURRENT_USER SERVER ${db.schema}_loop
        OPTIONS (user '${url.username}', password '${url.password}');
      CREATE FOREIGN TABLE ${db.schema}.far (id int4, note text) SERVER ${db.schema}_loop
        OPTIONS (schema_name '${db.schema}', table_name 'near')`);
    await using copier = await Copier.connect(`${db.schema}.far`, { databaseUrl });
    await copier.insert({ id: 1, note: "over there" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${db.schema}.near`), [
      { id: 1, note: "over there" },
    ]);
    await copier.close();
    await db.pool.query(`DROP SERVER ${db.schema}_loop CASCADE`);
  });

  it("finds a temporary table of the pool's one connection", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    await pool.query("CREATE TEMP TABLE scratch (id int4)");
    const byName = await Copier.connect("scratch", { pool, connections: 1 });
    await byName.insert({ id: 1 });
    await byName.close();
    const definition = table("scratch", { id: int4 });
    const defined = await Copier.connect(definition, { pool, connections: 1 });
    await defined.insert({ id: 2 });
    await defined.close();
    assert.deepEqual((await pool.query("SELECT id FROM scratch")).rows, [{ id: 1 }, { id: 2 }]);
    await pool.end();
  });

  it("refuses a temporary table that other connections would be asked for", async () => {
    const refusal = {
      code: "INVALID_OPTION",
      message: /pass the pool that created it, with max: 1/,
    };
    const wide = new Pool({ connectionString: databaseUrl, max: 2 });
    await wide.query("CREATE TEMP TABLE scratch (id int4)");
    await assert.rejects(Copier.connect("scratch", { pool: wide, connections: 1 }), refusal);
    await wide.end();
  });

  it("fills a temporary table over a pool of one client, whatever connections says", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    await pool.query("CREATE TEMP TABLE scratch (id int4)");
    const copier = await Copier.connect("scratch", { pool, connections: 8 });
    await copier.insert({ id: 1 });
    await copier.close();
    assert.deepEqual((await pool.query("SELECT id FROM scratch")).rows, [{ id: 1 }]);
    await pool.end();
  });

  it("says what is wrong with the name or the columns", async () => {
    const missing = await mismatch(Copier.connect(`${db.schema}.nowhere`, { databaseUrl }));
    assert.match(missing.message, /it does not exist/);
    await db.pool.query(`CREATE TABLE ${db.schema}.odd (id int4, seen pg_node_tree,
      twice int4 GENERATED ALWAYS AS (id * 2) STORED)`);
    const odd = await mismatch(
      Copier.connect(`${db.schema}.odd`, { databaseUrl, columns: ["seen", "twice", "none"] }),
    );
    assert.match(odd.differences[0] ?? "", /column "seen" is pg_node_tree, which has no codec/);
    assert.deepEqual(odd.differences.slice(1), [
      'column "twice" is a generated column, which cannot be written',
      'column "none" does not exist',
    ]);
    await assert.rejects(
      Copier.connect(table("odd", { id: int4 }), { databaseUrl, columns: ["id"] }),
      /columns can be used only with a table's name/,
    );
  });
});

describe("types of the user's own", () => {
  const mood = enumOf("mood", ["sad", "it's ok"]);
  const place = compositeOf("place", { street: text, zip: int4, past: arrayOf(text) });
  const definition = table("everything", {
    mood: mood,
    moods: arrayOf(mood).nullable(),
    email: domainOf("email", domainOf("short", varchar(20))),
    numbers: domainOf("numbers", arrayOf(int4)),
    home: place,
    homes: arrayOf(place),
    days: rangeOf(date),
    load: rangeOf(float8, "floatrange"),
    grid: arrayOf(numeric(4, 1)),
  });
  const row = {
    mood: "it's ok" as const,
    moods: ["sad" as const, null],
    email: "ada@example.org",
    numbers: [
      [1, null],
      [3, 4],
    ],
    home: { street: 'a "b", (c)', past: ["x", null] },
    homes: [{ zip: 1 }, null],
    days: { lower: "2026-01-01", upper: null },
    load: { lower: 0.5, upper: 1.5, lowerInclusive: false, upperInclusive: true },
    grid: { elements: ["1.5", null], dimensions: [1, 2], lowerBounds: [0, -5] },
  };
  const asText = {
    mood: "it's ok",
    moods: "{sad,NULL}",
    email: "ada@example.org",
    numbers: "{{1,NULL},{3,4}}",
    home: '("a ""b"", (c)",,"{x,NULL}")',
    homes: '{"(,1,)",NULL}',
    days: "[2026-01-01,)",
    load: "(0.5,1.5]",
    grid: "[0:0][-5:-4]={{1.5,NULL}}",
  };

  it("are created by the definition's DDL, filled, and handed back as they were", async () => {
    const pool = poolInSchema();
    await pool.query(definition.ddl);
    const rejected: unknown[] = [];
    const copier = await Copier.connect(definition, {
      pool,
      onReject: ({ row: refused }) => void rejected.push(refused),
    });
    await copier.insert(row);
    const columns = Object.keys(asText).map((name) => `${name}::text`);
    assert.deepEqual((await pool.query(`SELECT ${columns.join()} FROM everything`)).rows, [asText]);
    await pool.query("ALTER TABLE everything ADD CHECK (false) NOT VALID");
    await copier.send(row);
    await copier.flush();
    const { home, ...others } = row;
    assert.deepEqual(rejected, [
      {
        ...others,
        home: { street: 'a "b", (c)', zip: null, past: ["x", null] },
        homes: [{ street: null, zip: 1, past: null }, null],
        days: { lower: "2026-01-01", upper: null, lowerInclusive: true, upperInclusive: false },
      },
    ]);
    assert.equal(home.street, 'a "b", (c)');
    await copier.close();
    await pool.end();
  });

  it("are found in the catalog as well, in a schema outside of the search_path", async () => {
    const copier = await Copier.connect<typeof row>(`${db.schema}.everything`, { databaseUrl });
    await assert.rejects(copier.insert(row), { sqlState: "23514" });
    await assert.rejects(
      copier.insert({ ...row, mood: "glad" as never }),
      /is not a label of mood/,
    );
    await assert.rejects(
      copier.insert({ ...row, home: { none: 1 } as never }),
      /no attribute "none"/,
    );
    await copier.close();
  });

  it("can be printed as a definition that compiles to the same", async () => {
    const source = definitionSource(await describeTable(db.pool, `${db.schema}.everything`));
    for (const part of [
      'import { arrayOf, compositeOf, date, domainOf, enumOf, float8, int4, numeric, rangeOf, table, text, varchar } from "batch-copy";',
      `"mood": enumOf("mood", ["sad", "it's ok"], { schema: "${db.schema}" }),`,
      '"grid": arrayOf(numeric(4, 1)),',
    ]) {
      assert.ok(source.includes(part), source);
    }
  });

  it("print a definition that means the same when it is compiled", async () => {
    const description = await describeTable(db.pool, `${db.schema}.everything`);
    const source = definitionSource(description);
    const folder = fileURLToPath(new URL("../documented/definition", import.meta.url));
    await compile(folder, [`${source}export default everything;\n`]);
    const { default: printed } = (await import(join(folder, "0.js"))) as { default: Table };
    assert.equal(definitionSource(description), source);
    assert.equal(
      printed.ddl,
      (await Copier.connect(`${db.schema}.everything`, { databaseUrl })).ddl,
    );
  });

  it("print a definition with keys in camel case that fits the table, and says which columns have defaults", async () => {
    const pages = `${db.schema}.pages`;
    const odd = `${db.schema}."Odd pages"`;
    await db.pool.query(`CREATE TABLE ${pages} (id serial, status_code int4 NOT NULL,
        title text DEFAULT 'first line\n\u2028last line', "by" ${db.schema}.mood);
      CREATE TABLE ${odd} (address_2 text, status_code int4, a__b int4, a_b int4, "aB" int4, "User" text,
        "constructor" text)`);
    const names = "snake_case";
    const sources = [
      definitionSource(await describeTable(db.pool, pages), { names }),
      definitionSource(await describeTable(db.pool, odd), { names }),
    ];
    for (const [index, parts] of [
      [
        `    "id": int4, // default: nextval('${db.schema}.pages_id_seq'::regclass); to use it, remove this line\n    "statusCode": int4,\n`,
        `"title": text.nullable(), // default: 'first line last line'::text; to use it, remove this line\n`,
        `{ schema: "${db.schema}", names: "snake_case" }`,
      ],
      [
        '    "address2": text.nullable(),\n    "statusCode": int4.nullable(),\n    "aB_": int4.nullable(),\n    "aB": int4.nullable(),\n    "aB__": int4.nullable(),\n    "User": ',
        'names: { "address2": "address_2", "statusCode": "status_code", "aB_": "a__b", "aB": "a_b", "aB__": "aB", "constructor": "constructor" } }',
      ],
    ].entries()) {
      for (const part of parts) {
        assert.ok(sources[index]!.includes(part), sources[index]);
      }
    }
    const folder = fileURLToPath(new URL("../documented/definition-camel-case", import.meta.url));
    await compile(folder, sources);
    for (const [index, name] of [pages, odd].entries()) {
      const printed = Object.values(
        (await import(join(folder, `${index}.js`))) as Record<string, Table>,
      )[0]!;
      await using copier = await Copier.connect(name, { databaseUrl });
      assert.equal(printed.ddl, copier.ddl);
    }
    const description = await describeTable(db.pool, pages);
    assert.throws(() => definitionSource(description, { names: "camelCase" as typeof names }), {
      code: "INVALID_OPTION",
      message: 'names must be "snake_case", got "camelCase"',
    });
  });

  it("print a definition that has columns and attributes of the name __proto__", async () => {
    await db.pool.query(`SET search_path = ${db.schema};
      CREATE TYPE ancestry AS ("__proto__" int4);
      CREATE TABLE ancestors ("__proto__" text, line ancestry); RESET search_path`);
    const source = definitionSource(await describeTable(db.pool, `${db.schema}.ancestors`));
    const folder = fileURLToPath(new URL("../documented/definition-proto", import.meta.url));
    await compile(folder, [source]);
    const { ancestors } = (await import(join(folder, "0.js"))) as { ancestors: Table };
    await using copier = await Copier.connect(`${db.schema}.ancestors`, { databaseUrl });
    assert.equal(ancestors.ddl, copier.ddl);
    assert.match(copier.ddl, /"__proto__" integer\).*"__proto__" text/s);
  });

  it("print the type of each column, also where names are numbers, which objects put first", async () => {
    const name = `${db.schema}.years`;
    await db.pool.query(`CREATE TABLE ${name} (name text, "2024" int4, "2023" int8)`);
    assert.match(
      definitionSource(await describeTable(db.pool, name)),
      /"name": text\.nullable\(\),\n *"2024": int4\.nullable\(\),\n *"2023": int8\.nullable\(\),\n/,
    );
  });

  it("print a definition that compiles whatever the table's name is", async () => {
    const names = [
      "text",
      "numeric",
      "table",
      "import",
      "await",
      "exports",
      "Object",
      "1st place",
      "größe",
      "\u{1f600}",
    ];
    const sources = names.map(async (name) => {
      await db.pool.query(
        `CREATE TABLE ${db.schema}."${name}" (a text, b numeric, c name, "import" ${db.schema}.mood)`,
      );
      return definitionSource(await describeTable(db.pool, `${db.schema}."${name}"`));
    });
    const folder = fileURLToPath(new URL("../documented/definition-names", import.meta.url));
    await compile(folder, await Promise.all(sources));
    const modules = names.map((_, i) => import(join(folder, `${i}.js`)) as Promise<object>);
    assert.deepEqual(
      (await Promise.all(modules)).flatMap((exports) => Object.keys(exports)),
      [
        "textTable",
        "numericTable",
        "tableTable",
        "importTable",
        "awaitTable",
        "exportsTable",
        "ObjectTable",
        "_1st_place",
        "gr_e",
        "_Table",
      ],
    );
  });

  it("are compared with the definition", async () => {
    const pool = poolInSchema();
    const other = table("everything", {
      ...definition.columns,
      mood: text,
      days: rangeOf(timestamptz),
      grid: arrayOf(numeric(5, 1)),
      email: domainOf("absent", text),
    });
    const error = await mismatch(Copier.connect(other, { pool }));
    assert.deepEqual(error.differences, [
      `column "mood" is mood in the database and text in the definition, where "mood": enumOf("mood", ["sad", "it's ok"], { schema: "${db.schema}" }) would fit`,
      `column "email" is email in the database and "absent" in the definition, where "email": domainOf("email", domainOf("short", varchar(20), { schema: "${db.schema}" }), { schema: "${db.schema}" }) would fit`,
      'column "days" is daterange in the database and rangeOf(timestamptz) (tstzrange) in the definition, where "days": rangeOf(date) would fit',
      'column "grid" is numeric(4,1)[] in the database and arrayOf(numeric(5, 1)) (numeric(5,1)[]) in the definition, where "grid": arrayOf(numeric(4, 1)) would fit',
    ]);
    assert.equal(error.ddl, "");
    await pool.end();
  });

  it("may be registered by name with a codec of one's own", async () => {
    const box = columnType<[number, number, number, number]>("box", {
      encode(corners, out) {
        corners.forEach((corner) => out.float64(corner));
      },
      decode: (input) => [input.float64(), input.float64(), input.float64(), input.float64()],
    });
    const boxes = await db.create("boxes", { at: box });
    await using copier = await Copier.connect(boxes, { databaseUrl });
    await copier.insert({ at: [3, 4, 1, 2] });
    assert.deepEqual(await db.rows(`SELECT at::text FROM ${db.schema}.boxes`), [
      { at: "(3,4),(1,2)" },
    ]);
  });

  it("are given the texts in an array only if their codec says that it reads them", async () => {
    const codec = {
      encode: (value: number, out: ByteWriter): void => out.int32(value),
      decode: (input: ByteReader): number => input.int32(),
    };
    const numbers = await db.create("own_numbers", {
      mute: arrayOf(columnType("oid", codec)),
      read: arrayOf(
        columnType("oid", { ...codec, encodeText: (digits, out) => out.int32(Number(digits)) }),
      ),
    });
    await using copier = await Copier.connect(numbers, { databaseUrl });
    await assert.rejects(copier.insert({ mute: "{7}", read: [] }), {
      reason: 'the codec of oid needs encodeText to read the text "7"',
    });
    await copier.insert({ mute: [7], read: "{7,NULL}" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${db.schema}.own_numbers`), [
      { mute: [7], read: [7, null] },
    ]);
  });

  it("hold whatever is generated for them", async () => {
    const pool = poolInSchema();
    const clean = fc.string({ unit: "grapheme" }).map((value) => value.replaceAll("\0", ""));
    const places = fc.record({
      street: fc.option(clean),
      zip: fc.option(fc.integer()),
      past: fc.option(fc.array(fc.option(clean), { minLength: 1, maxLength: 3 })),
    });
    const generated = fc.record({
      mood: fc.constantFrom("sad" as const, "it's ok" as const),
      email: fc.string({ unit: "grapheme-ascii", maxLength: 20 }),
      home: places,
      homes: fc.array(fc.option(places), { maxLength: 3 }),
    });
    const values = table("generated_values", {
      id: int4,
      mood,
      email: definition.columns.email,
      home: place,
      homes: arrayOf(place),
    });
    await pool.query(values.ddl.slice(values.ddl.indexOf("CREATE TABLE")));
    const rows = fc.sample(generated, 10_000).map((value, id) => Object.assign(value, { id }));
    const copier = await Copier.connect(values, { pool });
    await copier.sendMany(rows);
    await copier.close();
    // The server says by JSON what it has: another way than the one that the rows came.
    const found = await pool.query<{ row: unknown }>(
      "SELECT to_json(g) AS row FROM generated_values g ORDER BY id",
    );
    assert.deepEqual(
      found.rows.map(({ row: value }) => value),
      rows.map((value) => JSON.parse(JSON.stringify(value)) as unknown),
    );
    await pool.end();
  });

  it("include multiranges", async (test) => {
    const [{ v }] = (await db.rows<{ v: string }>("SHOW server_version_num")).map((r) => ({
      v: (r as unknown as { server_version_num: string }).server_version_num,
    })) as [{ v: string }];
    if (Number(v) < 140_000) {
      test.skip("PostgreSQL 14 brought multiranges");
      return;
    }
    const slots = await db.create("slots", { free: multirangeOf(int4) });
    await using copier = await Copier.connect(slots, { databaseUrl });
    await copier.insert({ free: [{ lower: 5, upper: 7 }, { lower: null, upper: 2 }, "empty"] });
    assert.deepEqual(await db.rows(`SELECT free::text FROM ${db.schema}.slots`), [
      { free: "{(,2),[5,7)}" },
    ]);
  });
});

describe("containers", () => {
  it("refuse what they cannot hold, with the reason", async () => {
    const refusing = await db.create("refusing", {
      list: arrayOf(int4),
      range: rangeOf(int4),
    });
    await using copier = await Copier.connect(refusing, { databaseUrl });
    const range = "empty";
    const cases: readonly [row: object, reason: RegExp][] = [
      [{ list: [1, true], range }, /expected an integer/],
      [{ list: [1, undefined], range }, /an element is undefined: pass null/],
      [{ list: [[1], [2, 3]], range }, /same length and depth/],
      [{ list: [[1], 2], range }, /same length and depth/],
      [{ list: [1, [2]], range }, /same length and depth/],
      [{ list: [[[[[[[1]]]]]]], range }, /at most 6 dimensions/],
      [
        { list: { elements: [1], dimensions: [2] }, range },
        /1 elements do not match the dimensions \[2\]/,
      ],
      [
        { list: { elements: [1], dimensions: [1], lowerBounds: [0.5] }, range },
        /lowerBounds must have one 32-bit integer for each dimension/,
      ],
      [{ list: "1,2", range }, /"1,2" is not a valid array/],
      [{ list: [], range: { lower: 1 } }, /pass null for an infinite one/],
      [{ list: [], range: { lower: 1, upper: 2, bounds: "[]" } }, /a range has no key "bounds"/],
      [{ list: [], range: [1, 2] }, /pass null for an infinite one/],
      [{ list: [], range: "1,2" }, /"1,2" is not a valid range/],
    ];
    for (const [row, reason] of cases) {
      await assert.rejects(copier.insert(row as never), reason);
    }
    await copier.insert({ list: [], range: { lower: 1, upper: 2, upperInclusive: true } });
    await copier.insert({ list: [[], []], range: "empty" });
    const rows = await db.rows(
      `SELECT list::text, range::text FROM ${db.schema}.refusing ORDER BY 2`,
    );
    assert.deepEqual(rows, [
      { list: "{}", range: "[1,3)" },
      { list: "{}", range: "empty" },
    ]);
  });
});
