import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  Copier,
  int4,
  int8,
  table,
  text,
  type ColumnNames,
  type CopierOptions,
  type RowRejectedError,
} from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { mismatch } from "../helpers/mismatch.js";

const db = useDatabase();

interface Log {
  statusCode: number;
  userAgent?: string | null;
}

/** Creates a table of logs with columns in snake_case, and returns its name as SQL reads it. */
async function createLogs(name: string, moreColumns = ""): Promise<string> {
  await db.pool.query(
    `CREATE TABLE ${db.schema}."${name}" (status_code int4 NOT NULL CHECK (status_code < 600), user_agent text ${moreColumns})`,
  );
  return `${db.schema}."${name}"`;
}

async function written(name: string, options: CopierOptions<Log>): Promise<unknown[]> {
  await using copier = await Copier.connect<Log>(name, { databaseUrl, ...options });
  await copier.insert({ statusCode: 200, userAgent: "curl" });
  return db.rows(`SELECT * FROM ${name}`);
}

/** The differences that `connect` rejects with. */
async function differences(
  name: string,
  options: CopierOptions<Record<string, unknown>>,
): Promise<readonly string[]> {
  const error = await mismatch(Copier.connect(name, { databaseUrl, ...options }));
  return error.differences;
}

describe("a copier of a table's name", () => {
  const spellings: readonly CopierOptions<Log>[] = [
    { names: "snake_case" },
    { names: "snake_case", columns: ["userAgent", "statusCode"] },
    { names: { statusCode: "status_code", userAgent: "user_agent" } },
    {
      names: (key) => key.replace(/[A-Z]/, "_$&").toLowerCase(),
      columns: ["statusCode", "userAgent"],
    },
  ];
  for (const [index, option] of spellings.entries()) {
    it(`writes rows with keys of their own by names: ${index}`, async () => {
      const name = await createLogs(`written_${index}`);
      assert.deepEqual(await written(name, option), [{ status_code: 200, user_agent: "curl" }]);
    });
  }

  it("takes keys that names do not list for names", async () => {
    const name = await createLogs("listed_in_part");
    await using copier = await Copier.connect(name, {
      databaseUrl,
      names: { status: "status_code" },
    });
    await copier.insert({ status: 200, user_agent: "curl" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${name}`), [
      { status_code: 200, user_agent: "curl" },
    ]);
  });

  it("takes the names of a whole table with some of its columns", async () => {
    const name = await createLogs("listed_for_all");
    const names: Record<string, string> = { status: "status_code", agent: "user_agent" };
    await using copier = await Copier.connect<{ status: number }>(name, {
      databaseUrl,
      names,
      columns: ["status"],
    });
    await copier.insert({ status: 200 });
    assert.deepEqual(await db.rows(`SELECT * FROM ${name}`), [
      { status_code: 200, user_agent: null },
    ]);
  });

  it("refuses columns that no key leads to, and says what to do", async () => {
    const name = await createLogs("lost", ', address_2 text, "User" text, a__b text DEFAULT 1');
    assert.deepEqual(await differences(name, { names: "snake_case" }), [
      'column "address_2" has no key, because "address2" is the key of column "address2": list the keys of the rows in the option "columns", with "address_2" for this column, or set names to an object, { "address2": "address_2", … }',
      'column "User" has no key, because "User" is the key of column "user": set names to an object, { "User": "User", … }',
      'column "a__b" has no key, because "aB" is the key of column "a_b": list the keys of the rows in the option "columns", with "a__b" for this column, or set names to an object, { "aB": "a__b", … }',
    ]);
    assert.deepEqual(await differences(name, { names: { user_agent: "status_code" } }), [
      'column "user_agent" has no key, because "user_agent" is the key of column "status_code": list it in names under another key',
    ]);
    const columns = ["statusCode", "address_2", "a__b"];
    await using listed = await Copier.connect(name, { databaseUrl, names: "snake_case", columns });
    await listed.insert({ statusCode: 1, address_2: "x", a__b: "y" });
    const names = { statusCode: "status_code", user: "User", address2: "address_2", aB: "a__b" };
    await using named = await Copier.connect(name, { databaseUrl, names });
    await named.insert({ statusCode: 2, user_agent: "z", user: "u", address2: "x", aB: "y" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${name} ORDER BY 1`), [
      { status_code: 1, user_agent: null, address_2: "x", User: null, a__b: "y" },
      { status_code: 2, user_agent: "z", address_2: "x", User: "u", a__b: "y" },
    ]);
  });

  it("refuses keys whose columns do not exist", async () => {
    const name = await createLogs("misnamed");
    assert.deepEqual(await differences(name, { names: { statusCode: "state" } }), [
      'column "state" (statusCode) does not exist',
    ]);
    assert.deepEqual(await differences(name, { columns: ["statusCode", "user_agent"] }), [
      'column "statusCode" does not exist: to fill "status_code" from the key "statusCode", set names to "snake_case"',
    ]);
  });

  it("refuses options that exclude each other, before it connects", async () => {
    const refuses = async (
      wrong: CopierOptions<Record<string, unknown>>,
      message: RegExp,
    ): Promise<void> => {
      await assert.rejects(
        Copier.connect("t", { databaseUrl: "postgres://127.0.0.1:1", ...wrong }),
        {
          code: "INVALID_OPTION",
          message,
        },
      );
    };
    await refuses({ names: (key) => key }, /^names as a function needs the option "columns"/);
    const columns = ["a", "aB", "a_b"];
    await refuses(
      { names: "snake_case", columns },
      /keys "aB" and "a_b" have the same column "a_b"/,
    );
    await refuses({ names: { a: "x", b: "x" } }, /keys "a" and "b" have the same column "x"/);
    await refuses({ names: "CamelCase" as ColumnNames }, /^names must be "snake_case", an object/);
    const definition = table("t", { a: int4 });
    await assert.rejects(Copier.connect(definition, { names: "snake_case" }), {
      code: "INVALID_OPTION",
      message:
        "names can be used only with a table's name: pass it to table(), as table(name, columns, { names })",
    });
  });

  it("follows a migration with the same keys", async () => {
    const name = await createLogs("migrated", ", short_note varchar(3)");
    await using copier = await Copier.connect(name, { databaseUrl, names: "snake_case" });
    await assert.rejects(copier.insert({ statusCode: 1, shortNote: "long" }), {
      column: "shortNote",
    });
    await db.pool.query(`ALTER TABLE ${name} ALTER short_note TYPE varchar(4)`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await copier.insert({ statusCode: 1, shortNote: "long" });
    assert.deepEqual(await db.rows(`SELECT short_note FROM ${name}`), [{ short_note: "long" }]);
  });
});

describe("a definition with names", () => {
  it("is the table's in SQL and the rows' in JavaScript", async () => {
    const columns = { statusCode: int4, userAgent: text.nullable() };
    const logs = table("defined", columns, { schema: db.schema, names: "snake_case" });
    const missing = await mismatch(Copier.connect(logs, { databaseUrl }));
    await db.pool.query(missing.ddl);
    await using copier = await Copier.connect(logs, { databaseUrl });
    await copier.insert({ statusCode: 200, userAgent: "curl" });
    assert.deepEqual(await db.rows(`SELECT * FROM ${db.schema}.defined`), [
      { status_code: 200, user_agent: "curl" },
    ]);
  });

  it("is compared by names, and differences have the keys as well", async () => {
    await createLogs("compared", ", total int4 GENERATED ALWAYS AS (status_code * 2) STORED");
    const columns = { statusCode: int8.nullable(), grandTotal: int4, userAgent: int4, more: text };
    const names = { statusCode: "status_code", grandTotal: "total", userAgent: "user_agent" };
    const logs = table("compared", columns, { schema: db.schema, names });
    const error = await mismatch(Copier.connect(logs, { databaseUrl }));
    assert.deepEqual(error.differences, [
      'column "status_code" (statusCode) is integer in the database and int8 (bigint) in the definition',
      'column "status_code" (statusCode) is NOT NULL in the database and nullable in the definition',
      'column "total" (grandTotal) is a generated column: leave it out of the definition',
      'column "user_agent" (userAgent) is text in the database and int4 (integer) in the definition, where "userAgent": text.nullable() would fit',
      'column "more" does not exist',
    ]);
    assert.match(error.ddl, /ALTER COLUMN "status_code" TYPE bigint/);
  });

  it("is asked for, and not a new column, where only the names of the keys are missing", async () => {
    await createLogs("unnamed");
    const logs = table("unnamed", { statusCode: int4 }, { schema: db.schema });
    const { differences: found, ddl } = await mismatch(Copier.connect(logs, { databaseUrl }));
    assert.deepEqual(found, [
      'column "statusCode" does not exist: to fill "status_code" from the key "statusCode", set names to "snake_case"',
      'column "status_code" (integer) is left out, but it is NOT NULL without a default',
    ]);
    assert.equal(ddl, "");
  });

  it("hands rejected rows back with their keys, and errors with the key of the column", async () => {
    const name = await createLogs("rejecting");
    await db.pool.query(`ALTER TABLE ${name} ALTER user_agent SET NOT NULL`);
    const rejected: unknown[] = [];
    await using copier = await Copier.connect<Log>(name, {
      databaseUrl,
      columns: ["statusCode", "userAgent"],
      names: "snake_case",
      onReject({ row, error }) {
        const { column, key } = error as RowRejectedError;
        rejected.push({ row, column, key });
      },
    });
    // The server finds what the client cannot know: that the column has become NOT NULL.
    await db.pool.query(`CREATE FUNCTION ${db.schema}.clear() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN NEW.user_agent = nullif(NEW.user_agent, ''); RETURN NEW; END $$;
      CREATE TRIGGER clear BEFORE INSERT ON ${name}
      FOR EACH ROW EXECUTE FUNCTION ${db.schema}.clear()`);
    await copier.send({ statusCode: 1, userAgent: "" });
    await copier.send({ statusCode: 600, userAgent: "curl" });
    await copier.send({ statusCode: 2, userAgent: "curl" });
    await copier.flush();
    assert.deepEqual(rejected, [
      { row: { statusCode: 1, userAgent: "" }, column: "user_agent", key: "userAgent" },
      { row: { statusCode: 600, userAgent: "curl" }, column: undefined, key: undefined },
    ]);
    await assert.rejects(copier.insert({ statusCode: 1, userAgent: "" }), {
      column: "user_agent",
      key: "userAgent",
    });
    assert.deepEqual(await db.rows(`SELECT status_code FROM ${name}`), [{ status_code: 2 }]);
  });

  it("gives an error no key for a column of another table", async () => {
    const name = await createLogs("audited");
    const trigger = (body: string): Promise<unknown> =>
      db.pool
        .query(`CREATE OR REPLACE FUNCTION ${db.schema}.audit() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN ${body}; RETURN NEW; END $$`);
    await db.pool.query(`CREATE TABLE ${db.schema}.audit_log (user_agent text NOT NULL)`);
    await trigger(`INSERT INTO ${db.schema}.audit_log VALUES (NULL)`);
    await db.pool.query(`CREATE TRIGGER audit BEFORE INSERT ON ${name}
      FOR EACH ROW EXECUTE FUNCTION ${db.schema}.audit()`);
    await using copier = await Copier.connect<Log>(name, { databaseUrl, names: "snake_case" });
    const column = "user_agent";
    const insert = (): Promise<void> => copier.insert({ statusCode: 1 });
    await assert.rejects(insert, { table: "audit_log", column, key: undefined });
    await trigger(`RAISE 'no bots' USING COLUMN = 'user_agent'`);
    await assert.rejects(insert, { message: "no bots", column, key: "userAgent" });
  });

  it("names a default of the server's by the column and the key", async () => {
    const name = await createLogs("defaulted", ", created_at timestamptz NOT NULL DEFAULT now()");
    await using copier = await Copier.connect<Log>(name, { databaseUrl, names: "snake_case" });
    await assert.rejects(copier.insert({ statusCode: 1 }), {
      column: "createdAt",
      message:
        'column "created_at" (createdAt): a value is missing, and the column has the default now(): to use the default, list the other keys in the option "columns"; otherwise send a value',
    });
  });
});
