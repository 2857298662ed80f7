import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { Copier, domainOf, int4, int8, table, text, timestamptz } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { mismatch } from "../helpers/mismatch.js";

const db = useDatabase();
const { schema } = db;

function refusal(name: string, options: object = {}): ReturnType<typeof mismatch> {
  return mismatch(Copier.connect(`${schema}.${name}`, { databaseUrl, ...options }));
}

/** Runs `work` over a pool of a role of its own, which may use the schema. */
async function asRole(
  role: string,
  grants: string,
  work: (pool: Pool) => Promise<void>,
): Promise<void> {
  const name = `${schema}_${role}`;
  await db.pool.query(`CREATE ROLE ${name}; GRANT USAGE ON SCHEMA ${schema} TO ${name}`);
  await db.pool.query(grants.replaceAll("$role", name));
  const pool = new Pool({ connectionString: databaseUrl, options: `-c role=${name}` });
  try {
    await work(pool);
  } finally {
    await pool.end();
    await db.pool.query(`DROP OWNED BY ${name}; DROP ROLE ${name}`);
  }
}

describe("a view", () => {
  it("with an INSTEAD OF INSERT trigger is filled through it, by name and by definition", async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE TABLE behind (id int4, note text NOT NULL);
      CREATE VIEW facade AS SELECT id, note AS said FROM behind;
      ALTER VIEW facade ALTER COLUMN said SET DEFAULT 'nothing';
      CREATE FUNCTION fill_behind() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF NEW.id < 0 THEN RETURN NULL; END IF;
        INSERT INTO ${schema}.behind VALUES (NEW.id, upper(NEW.said)); RETURN NEW;
      END $$;
      CREATE TRIGGER instead INSTEAD OF INSERT ON facade FOR EACH ROW EXECUTE FUNCTION fill_behind();
      RESET search_path`);
    await using byName = await Copier.connect(`${schema}.facade`, { databaseUrl });
    await byName.sendMany([
      { id: 1, said: "a" },
      { id: -1, said: "skipped" },
    ]);
    await byName.flush();
    // COPY counts what an INSTEAD OF trigger skips (`CopyFrom` in src/backend/commands/copyfrom.c).
    assert.deepEqual([byName.stats.rowsCommitted, byName.stats.rowsSkipped], [2, 0]);
    await using defined = await Copier.connect(table("facade", { id: int4 }, { schema }), {
      databaseUrl,
    });
    await defined.insert({ id: 2 });
    await assert.rejects(byName.insert({ id: 3, said: null }), { sqlState: "23502" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${schema}.behind ORDER BY id`), [
      { id: 1, note: "A" },
      { id: 2, note: "NOTHING" },
    ]);
  });

  it("whose INSTEAD OF trigger is not for INSERT is refused, even if INSERT could update it", async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE TABLE base (n int4); CREATE VIEW updatable AS SELECT n FROM base;
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER t INSTEAD OF UPDATE ON updatable FOR EACH ROW EXECUTE FUNCTION nothing();
      CREATE TRIGGER s BEFORE INSERT ON updatable FOR EACH STATEMENT EXECUTE FUNCTION nothing();
      RESET search_path`);
    const error = await refusal("updatable");
    assert.equal(
      error.message,
      `Cannot write to "${schema}"."updatable": it is a view without an INSTEAD OF INSERT trigger.`,
    );
    assert.deepEqual(error.differences, ["it is a view without an INSTEAD OF INSERT trigger"]);
  });
});

describe("a relation that takes no rows", () => {
  it("is refused by what it is", async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE MATERIALIZED VIEW stored AS SELECT 1 AS n;
      CREATE SEQUENCE counter; CREATE TABLE keyed (id int4 PRIMARY KEY);
      CREATE TYPE pair AS (a int4, b int4); CREATE TABLE empty ();
      CREATE TABLE automatic (id int4 GENERATED ALWAYS AS IDENTITY,
        twice int4 GENERATED ALWAYS AS (1 + 1) STORED);
      RESET search_path`);
    for (const [name, reason] of [
      ["stored", /it is a materialized view\.$/],
      ["counter", /it is a sequence\.$/],
      ["keyed_pkey", /it is an index\.$/],
      ["pair", /it is a composite type\.$/],
      ["empty", /it has no column that can be written\.$/],
      ["automatic", /it has no column that can be written\.$/],
    ] as const) {
      const { message } = await refusal(name);
      assert.match(message, reason);
      assert.match(message, new RegExp(`^Cannot write to "${schema}"."${name}": `));
    }
    const byDefinition = Copier.connect(table("stored", { n: int4 }, { schema }), { databaseUrl });
    assert.match((await mismatch(byDefinition)).message, /it is a materialized view\.$/);
  });

  it("may be a foreign table whose wrapper only reads", async (test) => {
    const found = await db.rows("SELECT FROM pg_available_extensions WHERE name = 'file_fdw'");
    if (found.length === 0) {
      test.skip("the server has no file_fdw");
      return;
    }
    await db.pool.query(`CREATE EXTENSION IF NOT EXISTS file_fdw;
      CREATE SERVER ${schema}_files FOREIGN DATA WRAPPER file_fdw;
      CREATE FOREIGN TABLE ${schema}.lines (line text) SERVER ${schema}_files
        OPTIONS (filename '/dev/null')`);
    assert.match((await refusal("lines")).message, /foreign-data wrapper does not support INSERT/);
    await db.pool.query(`DROP SERVER ${schema}_files CASCADE`);
  });
});

describe("a column that this role may not fill", () => {
  it("is left out of a copier of a name if it has a default or is nullable", async () => {
    await db.pool.query(
      `CREATE TABLE ${schema}.guarded (a int4, b int4 NOT NULL DEFAULT 5, c text)`,
    );
    const grants = `GRANT INSERT (a) ON ${schema}.guarded TO $role`;
    await asRole("part_writer", grants, async (pool) => {
      await using copier = await Copier.connect(`${schema}.guarded`, { pool });
      await copier.insert({ a: 1 });
      await assert.rejects(copier.insert({ a: 2, b: 3 }), { column: "b" });
      const wanted = await refusal("guarded", {
        databaseUrl: undefined,
        pool,
        columns: ["a", "b"],
      });
      assert.deepEqual(wanted.differences, [
        'this role has no INSERT privilege on column "b": grant it, or leave the column out of the definition or of the option "columns"',
      ]);
    });
    assert.deepEqual(await db.rows(`SELECT * FROM ${schema}.guarded`), [{ a: 1, b: 5, c: null }]);
  });

  it("is an error if it is NOT NULL without a default", async () => {
    await db.pool.query(`CREATE TABLE ${schema}.demanding (a int4, b int4 NOT NULL)`);
    const grants = `GRANT INSERT (a) ON ${schema}.demanding TO $role`;
    await asRole("helpless", grants, async (pool) => {
      const error = await refusal("demanding", { databaseUrl: undefined, pool });
      assert.match(error.message, /no INSERT privilege on column "b": grant it.*option "columns"/);
    });
  });

  it("is every column of a table that this role may only read", async () => {
    await db.pool.query(`CREATE TABLE ${schema}.read_only (a int4)`);
    await asRole("reader", `GRANT SELECT ON ${schema}.read_only TO $role`, async (pool) => {
      const error = await refusal("read_only", { databaseUrl: undefined, pool });
      assert.match(error.message, /this role has no INSERT privilege on it\.$/);
    });
  });
});

describe("a column whose type is in a schema that this role may not use", () => {
  it("is filled, by name and by definition", async () => {
    const away = `${schema}_"away`;
    const quoted = `"${away.replaceAll('"', '""')}"`;
    await db.pool.query(`CREATE SCHEMA ${quoted}; SET search_path = ${schema};
      CREATE DOMAIN ${quoted}.small AS int4; CREATE TABLE afar (n ${quoted}.small, l ${quoted}.small[]);
      RESET search_path`);
    const small = domainOf("small", int4, { schema: away });
    const definition = table("afar", { n: small }, { schema });
    try {
      await asRole("remote", `GRANT INSERT ON ${schema}.afar TO $role`, async (pool) => {
        await using byName = await Copier.connect(`${schema}.afar`, { pool });
        await byName.insert({ n: 1, l: [2] });
        await using defined = await Copier.connect(definition, { pool });
        await defined.insert({ n: 3 });
      });
      assert.deepEqual(await db.rows(`SELECT n, l::text FROM ${schema}.afar ORDER BY n`), [
        { n: 1, l: "{2}" },
        { n: 3, l: null },
      ]);
    } finally {
      await db.pool.query(`DROP SCHEMA ${quoted} CASCADE`);
    }
  });
});

describe("a column that is left out, whose domain does not allow NULL,", () => {
  it("is found however deep the constraint is, and only if the domain has no default", async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE DOMAIN filled AS text NOT NULL; CREATE DOMAIN email AS filled;
      CREATE DOMAIN named AS text CHECK (VALUE IS NOT NULL); CREATE DOMAIN deep AS named;
      CREATE FUNCTION is_fine(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        IF $1 IS NULL THEN RAISE 'nothing is not fine' USING ERRCODE = 'AB123'; END IF; RETURN true;
      END $$;
      CREATE DOMAIN judged AS text CHECK (${schema}.is_fine(VALUE));
      CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
      CREATE DOMAIN preset AS filled DEFAULT 'x';
      RESET search_path`);
    const cases: readonly [domain: string, refusal: RegExp | undefined][] = [
      ["filled", /column "v" \(.*filled\) is left out, but it is NOT NULL without a default$/],
      ["email", /column "v" \(.*email\) is left out, but it is NOT NULL without a default$/],
      ["named", /its domain does not allow NULL: value for domain .*named violates check/],
      ["deep", /its domain does not allow NULL: value for domain .*deep violates check/],
      ["judged", /its domain does not allow NULL: nothing is not fine$/],
      ["short", undefined],
      ["preset", undefined],
    ];
    for (const [domain, reason] of cases) {
      const name = `of_${domain}`;
      await db.pool.query(`CREATE TABLE ${schema}.${name} (id int4, v ${schema}.${domain})`);
      const insert = (): Promise<unknown> =>
        db.pool.query(`INSERT INTO ${schema}.${name} (id) VALUES (1)`);
      const definition = table(name, { id: int4.nullable() }, { schema });
      const connect = (): Promise<Copier<{ id?: unknown }>> =>
        Copier.connect(definition, { databaseUrl });
      const connectByName = (): Promise<Copier<Record<string, unknown>>> =>
        Copier.connect(`${schema}.${name}`, { databaseUrl, columns: ["id"] });
      if (reason !== undefined) {
        await assert.rejects(insert());
        for (const { differences } of [
          await mismatch(connect()),
          await mismatch(connectByName()),
        ]) {
          assert.equal(differences.length, 1);
          assert.match(differences[0]!, reason);
        }
      } else {
        await insert();
        await using copier = await connect();
        await copier.insert({ id: 2 });
        await (await connectByName()).close();
      }
    }
  });

  it("is a column like any other if it is filled", async () => {
    const definition = table(
      "all_filled",
      { v: domainOf("email", domainOf("filled", text, { schema }), { schema }) },
      { schema },
    );
    await db.pool.query(`CREATE TABLE ${schema}.all_filled (v ${schema}.email)`);
    await using copier = await Copier.connect(definition, { databaseUrl });
    await copier.insert({ v: "a@b" });
    await using byName = await Copier.connect(`${schema}.all_filled`, { databaseUrl });
    await assert.rejects(byName.insert({}), { reason: /a value is missing/ });
    const nullable = table("all_filled", { v: definition.columns.v.nullable() }, { schema });
    const error = await mismatch(Copier.connect(nullable, { databaseUrl }));
    assert.match(error.message, /NOT NULL in the database and nullable in the definition$/);
    assert.equal(error.ddl, "");
  });
});

describe("a column with a default", () => {
  const columns: readonly [definition: string, shown: RegExp][] = [
    ["id int4 GENERATED BY DEFAULT AS IDENTITY", /the default GENERATED BY DEFAULT AS IDENTITY:/],
    ["id bigserial", /the default nextval\('.*_id_seq'::regclass\):/],
    ["id timestamptz DEFAULT now()", /the default now\(\):/],
    ["id text NOT NULL DEFAULT 'x'", /the default 'x'::text:/],
    ["id numbered", /the default 7:/],
  ];

  it("is an error by its name if a row of a copier of a name leaves it out", async () => {
    await db.pool.query(`CREATE DOMAIN ${schema}.numbered AS int4 DEFAULT 7`);
    for (const [index, [definition, shown]] of columns.entries()) {
      const name = `defaulted_${index}`;
      await db.pool.query(
        `SET search_path = ${schema}; CREATE TABLE ${name} (${definition}, name text); RESET search_path`,
      );
      await using copier = await Copier.connect(`${schema}.${name}`, { databaseUrl });
      for (const row of [{ name: "a" }, { id: undefined, name: "b" }]) {
        await assert.rejects(
          copier.insert(row),
          (error: Error & { reason: string; column: string }) => {
            assert.equal(error.column, "id");
            assert.match(error.reason, shown);
            assert.match(error.reason, /option "columns"/);
            return true;
          },
        );
      }
      const rest = await Copier.connect(`${schema}.${name}`, { databaseUrl, columns: ["name"] });
      await rest.insert({ name: "c" });
      await rest.close();
      const found = await db.rows(`SELECT name FROM ${schema}.${name} WHERE id IS NOT NULL`);
      assert.deepEqual(found, [{ name: "c" }], definition);
    }
  });

  it("takes the value or the null that a row has for it", async () => {
    await db.pool.query(
      `CREATE TABLE ${schema}.given (id int8 DEFAULT 1, at timestamptz DEFAULT now())`,
    );
    await using copier = await Copier.connect(`${schema}.given`, { databaseUrl });
    await copier.insert({ id: 2n, at: null });
    assert.deepEqual(await db.rows(`SELECT * FROM ${schema}.given`), [{ id: "2", at: null }]);
  });

  it("is NULL where a definition says that it may be left out", async () => {
    const given = table("given", { id: int8, at: timestamptz.nullable() }, { schema });
    await using copier = await Copier.connect(given, { databaseUrl });
    await copier.insert({ id: 3 });
    assert.deepEqual(await db.rows(`SELECT * FROM ${schema}.given WHERE id = 3`), [
      { id: "3", at: null },
    ]);
  });
});

describe("a table that does not exist", () => {
  const hinted = `${schema}_hints`;

  it("is explained by the tables that may be meant", async () => {
    await db.pool.query(`CREATE SCHEMA ${hinted}; SET search_path = ${hinted};
      CREATE TABLE metrics (id int4); CREATE TABLE "Users" (id int4); CREATE TABLE "my-table" (id int4);
      CREATE TABLE "Metrics.Old" (id int4);
      RESET search_path`);
    const inPath = new Pool({ connectionString: databaseUrl, options: `-c search_path=${hinted}` });
    const connect = (target: string, pool = inPath): Promise<string> =>
      mismatch(Copier.connect(target, { pool })).then(({ message }) => message);
    assert.match(await connect("Users"), /Did you mean "Users" \(in quotes, because SQL folds/);
    assert.match(await connect("USERS"), /Did you mean "Users"/);
    assert.match(await connect(`${hinted}.users`), /Did you mean "Users"/);
    assert.match(await connect('"Metrics"'), /Did you mean metrics\?$/);
    assert.match(await connect(`"${hinted}.metrics"`), /Did you mean metrics\?$/);
    assert.match(await connect("metrics.old"), /Did you mean "Metrics.Old"/);
    assert.equal(await connect("nowhere"), "table nowhere: it does not exist");
    const elsewhere = `Did you mean ${hinted}.metrics?`;
    assert.ok((await connect("metrics", db.pool)).includes(elsewhere));
    assert.match(await connect("public.Users", db.pool), /Did you mean .*\."Users"/);

    const define = (name: string, pool = inPath): Promise<string> =>
      mismatch(Copier.connect(table(name, { id: int4 }), { pool })).then(({ message }) => message);
    assert.match(await define("users"), /Did you mean table\("Users", …\)\?\n/);
    const qualified = await define(`${hinted}.metrics`, db.pool);
    assert.ok(qualified.includes(`Did you mean table("metrics", …, { schema: "${hinted}" })?`));
    assert.match(
      await define("app.nowhere"),
      /The dot is a part of the name: .*table\("nowhere", …, \{ schema: "app" \}\)/,
    );
    await inPath.end();
    await db.pool.query(`DROP SCHEMA ${hinted} CASCADE`);
  });

  it("may have a name that has to be quoted in SQL", async () => {
    for (const name of ["order items", "a..b", '"open']) {
      const error = await mismatch(Copier.connect(name, { databaseUrl }));
      assert.match(
        error.message,
        /it does not exist\. Names with special characters must be in double/,
      );
    }
  });
});
