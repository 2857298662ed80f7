import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { Client, Pool } from "pg";

import {
  ConnectError,
  Copier,
  int4,
  int8,
  numeric,
  SchemaMismatchError,
  table,
  text,
  varchar,
  type Table,
} from "../../dist/index.js";
import { block } from "../helpers/block.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { startHostedServer } from "../helpers/hosted-server.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";
import { startSilentServer } from "../helpers/silent-server.js";

const db = useDatabase();

async function connectFails(url: string, message: RegExp, timeoutMs = 2000): Promise<void> {
  const start = Date.now();
  const connecting = Copier.connect(table("t", { id: int4 }), {
    databaseUrl: url,
    connectTimeoutMs: timeoutMs,
  });
  await assert.rejects(connecting, (error: ConnectError) => {
    assert.ok(error instanceof ConnectError, String(error));
    assert.equal(error.code, "CONNECT_FAILED");
    assert.match(error.message, message);
    return true;
  });
  assert.ok(Date.now() - start < timeoutMs + 500, `after ${Date.now() - start} ms`);
}

async function mismatch(definition: Table): Promise<SchemaMismatchError> {
  try {
    await (await Copier.connect(definition, { databaseUrl })).close();
  } catch (error) {
    assert.ok(error instanceof SchemaMismatchError, String(error));
    return error;
  }
  assert.fail("the definition was accepted");
}

describe("a connection", () => {
  it("that is refused is a ConnectError", () =>
    connectFails("postgres://nobody@127.0.0.1:1/x", /cannot connect: .*ECONNREFUSED/));

  it("to a name with several addresses says what happened to each", () =>
    connectFails("postgres://nobody@localhost:1/x", /cannot connect: .*ECONNREFUSED/));

  it("to a host that does not exist is a ConnectError", () =>
    connectFails("postgres://nobody@no-such-host.invalid/x", /cannot connect: /));

  it("by a URL that is none is a ConnectError", () =>
    connectFails("postgres://user:%zz@host:port/x", /cannot connect: /));

  it("to a database that does not exist is a ConnectError", async () => {
    const url = new URL(databaseUrl);
    url.pathname = "/no_such_database";
    await connectFails(url.href, /database "no_such_database" does not exist/);
  });

  it("with a wrong password is a ConnectError", async (test) => {
    const url = new URL(databaseUrl);
    url.password = "wrong";
    const client = new Client({ connectionString: url.href });
    const trusts = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end();
    if (trusts) {
      test.skip("the server asks for no password");
      return;
    }
    await connectFails(url.href, /password authentication failed/);
  });

  it("to a server that never answers ends in time", async () => {
    const server = await startSilentServer();
    await connectFails(server.url, /connect/, 300);
    await server.close();
  });

  it("to a server that falls silent in the middle of the check ends in time", async () => {
    const proxy = await FaultProxy.start(() => ({
      at: { direction: "toClient", side: "after", type: "Z", nth: 1 },
      fault: "stall",
    }));
    await connectFails(proxy.url, /no answer within 500 ms|no connection within/, 500);
    await proxy.close();
  });

  it("to a server that never answers leaves nothing that keeps the process", async () => {
    const server = await startSilentServer();
    await connectFails(server.url, /no connection within 100 ms/, 100);
    await eventually(() => server.connections === 0, "the connection is closed");
    await server.close();
  });

  it("is not given up for the time in which the event loop is blocked", async () => {
    const definition = await db.create("blocked", { id: int4, note: text });
    const connecting = Copier.connect(definition, { databaseUrl, connectTimeoutMs: 500 });
    for (let phase = 0; phase < 5; phase++) {
      block(700);
      await sleep(1);
    }
    await (await connecting).close();
  });

  it("is made with the longest connectTimeoutMs", async () => {
    const definition = await db.create("patient", { id: int4 });
    const connectTimeoutMs = 2 ** 31 - 1;
    const copier = await Copier.connect(definition, { databaseUrl, connectTimeoutMs });
    await copier.insert({ id: 1 });
    await copier.close();
  });

  it("to a server without transaction ids of 64 bits is a ConnectError that says so", async () => {
    const schema = "old_server";
    await db.pool.query(`
      CREATE SCHEMA ${schema};
      CREATE FUNCTION ${schema}.has_function_privilege(text, text) RETURNS boolean
        LANGUAGE plpgsql AS $$BEGIN
          RAISE 'function "pg_current_xact_id()" does not exist' USING ERRCODE = '42883';
        END$$`);
    await using hosted = await startHostedServer(databaseUrl, schema, ["has_function_privilege"]);
    const pool = new Pool({ connectionString: hosted.url });
    await assert.rejects(Copier.connect("anything", { pool }), {
      code: "CONNECT_FAILED",
      message:
        /needs the function pg_current_xact_id\(\) of PostgreSQL 13 or later: .* does not exist/,
    });
    // A ledger does not need them.
    const definition = await db.create("without_ids", { id: int4 });
    const ledger = { table: `${db.schema}.ledger` };
    const copier = await Copier.connect(definition, { pool, ledger });
    await copier.insert({ id: 1 });
    assert.deepEqual(await db.rows(`SELECT id FROM ${db.schema}.without_ids`), [{ id: 1 }]);
    await copier.close();
    await pool.end();
    await db.pool.query(`DROP SCHEMA ${schema} CASCADE`);
  });

  it("of a pg.Client in the place of a pool is refused", async () => {
    const pool = new Client({ connectionString: databaseUrl });
    await assert.rejects(Copier.connect("anything", { pool: pool as unknown as Pool }), {
      code: "INVALID_OPTION",
      message: /pool must be a pg\.Pool/,
    });
    await pool.end();
  });

  it("that fails the check leaves none behind", async () => {
    const definition = table("not_there", { id: int4 }, { schema: db.schema });
    const url = new URL(databaseUrl);
    url.searchParams.set("application_name", `${db.schema}_checked`);
    await assert.rejects(Copier.connect(definition, { databaseUrl: url.href }));
    const left = (): Promise<unknown[]> =>
      db.rows("SELECT FROM pg_stat_activity WHERE application_name = $1", [`${db.schema}_checked`]);
    await eventually(async () => (await left()).length === 0, "the connection is closed");
  });

  it("is replaced at the end of its lifetime", async () => {
    const definition = await db.create("aged", { id: int4, note: text });
    const copier = await Copier.connect(definition, {
      databaseUrl,
      connections: 1,
      connectionLifetimeMs: 1000,
    });
    const pids = async (): Promise<unknown[]> =>
      db.rows("SELECT pid FROM pg_stat_activity WHERE query LIKE $1 ORDER BY 1", [
        `%"${db.schema}"."aged"%FROM STDIN%`,
      ]);
    await copier.insert(numberedRow(0));
    const before = await pids();
    assert.equal(before.length, 1);
    await eventually(async () => {
      await copier.insert(numberedRow(1));
      return !isDeepStrictEqual(await pids(), before);
    }, "another backend does the work");
    await copier.close();
  });

  it("of a given pool in pipeline mode is refused", async () => {
    const definition = await db.create("pipelined", { id: int4 });
    const options = { connectionString: databaseUrl, pipeline: true };
    const pool = new Pool(options);
    await assert.rejects(Copier.connect(definition, { pool }), {
      code: "CONNECT_FAILED",
      message: /must not be in pipeline mode/,
    });
    await pool.end();
  });

  it("of a given pool that is inside a transaction is closed and another one taken", async () => {
    const definition = await db.create("in_transaction", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const copier = await Copier.connect(definition, { pool });
    await pool.query("BEGIN");
    await copier.insert(numberedRow(0));
    assert.equal(copier.stats.retries, 1);
    await assertNumberedRows(db, "in_transaction", 1);
    await copier.close();
    await pool.end();
  });

  it("with another client encoding than UTF8 is refused", async () => {
    const definition = await db.create("latin", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    await pool.query("SET client_encoding = 'LATIN1'");
    await assert.rejects(Copier.connect(definition, { pool }), /client_encoding is LATIN1/);
    await pool.end();
  });

  it("is checked although the table is locked", async () => {
    const definition = await db.create("locked", { id: int4, note: text });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.locked`);
    const copier = await Copier.connect(definition, { databaseUrl });
    await client.query("COMMIT");
    client.release();
    await copier.close();
  });
});

describe("the check of the definition", () => {
  it("gives the CREATE TABLE of a table that does not exist", async () => {
    const definition = table("missing", { id: int4, note: text.nullable() }, { schema: db.schema });
    const error = await mismatch(definition);
    assert.deepEqual(error.differences, ["it does not exist"]);
    assert.equal(error.ddl, definition.ddl);
    assert.ok(error.message.includes(definition.ddl));
    await db.pool.query(error.ddl);
    await (await Copier.connect(definition, { databaseUrl })).close();
  });

  it("lists every difference, with DDL that ends them", async () => {
    await db.pool.query(
      `CREATE TABLE ${db.schema}.differs (url varchar(10) NOT NULL, latency_ms integer NOT NULL, price numeric(8, 2))`,
    );
    const definition = table(
      "differs",
      {
        url: varchar(20),
        latency_ms: int8.nullable(),
        price: numeric(10, 2).nullable(),
        extra: text.nullable(),
      },
      { schema: db.schema },
    );
    const error = await mismatch(definition);
    assert.deepEqual(error.differences, [
      'column "url" is character varying(10) in the database and varchar(20) (character varying(20)) in the definition',
      'column "latency_ms" is integer in the database and int8 (bigint) in the definition',
      'column "latency_ms" is NOT NULL in the database and nullable in the definition',
      'column "price" is numeric(8,2) in the database and numeric(10, 2) (numeric(10,2)) in the definition',
      'column "extra" does not exist',
    ]);
    await db.pool.query(error.ddl);
    const copier = await Copier.connect(definition, { databaseUrl });
    await copier.insert({ url: "x", price: "12345678.90" });
    await copier.close();
  });

  it("names columns that the definition must or must not have", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.generated (
      id integer GENERATED ALWAYS AS IDENTITY, n integer NOT NULL,
      twice integer GENERATED ALWAYS AS (n * 2) STORED,
      defaulted integer NOT NULL DEFAULT 1, serial_by_default integer GENERATED BY DEFAULT AS IDENTITY)`);
    const wrong = table("generated", { id: int4, twice: int4.nullable() }, { schema: db.schema });
    const error = await mismatch(wrong);
    assert.deepEqual(error.differences, [
      'column "id" is GENERATED ALWAYS AS IDENTITY: leave it out of the definition',
      'column "twice" is a generated column: leave it out of the definition',
      'column "n" (integer) is left out, but it is NOT NULL without a default',
    ]);
    assert.equal(error.ddl, "");
    const right = table("generated", { n: int4 }, { schema: db.schema });
    const copier = await Copier.connect(right, { databaseUrl });
    await copier.insert({ n: 21 });
    await copier.close();
    const rows = await db.rows(`SELECT id, n, twice, defaulted FROM ${db.schema}.generated`);
    assert.deepEqual(rows, [{ id: 1, n: 21, twice: 42, defaulted: 1 }]);
  });

  it("takes names as they are, and finds a table by the search_path", async () => {
    const name = 'We "ird".name; --';
    const definition = await db.create(name, { 'Se"lect': int4, "order by": text });
    const copier = await Copier.connect(definition, { databaseUrl });
    await copier.insert({ 'Se"lect': 1, "order by": "x" });
    await copier.close();
    await db.create("by_path", { id: int4, note: text });
    const pool = new Pool({
      connectionString: databaseUrl,
      options: `-c search_path=${db.schema}`,
    });
    const found = await Copier.connect(table("by_path", { id: int4, note: text }), { pool });
    await found.insert(numberedRow(0));
    await found.close();
    await pool.end();
    await assertNumberedRows(db, "by_path", 1);
  });

  it("finds that the role may not insert", async () => {
    const role = `${db.schema}_reader`;
    const definition = await db.create("forbidden", { id: int4, note: text });
    await db.pool.query(`
      CREATE ROLE ${role};
      GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT SELECT, INSERT (id) ON ${db.schema}.forbidden TO ${role}`);
    const pool = new Pool({ connectionString: databaseUrl, options: `-c role=${role}` });
    await assert.rejects(Copier.connect(definition, { pool }), {
      differences: [
        'this role has no INSERT privilege on column "note": grant it, because the option "columns" cannot leave out a column that is NOT NULL without a default',
      ],
    });
    await pool.end();
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});
