import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Client, Pool } from "pg";

import { endBackend, isServerBusy } from "../../dist/copy/backend.js";
import type { PgClient } from "../../dist/copy/driver.js";
import { askOrigin } from "../../dist/copy/origin.js";
import {
  Copier,
  describeTable,
  domainOf,
  enumOf,
  forgetSource,
  int4,
  ledgerDdl,
  readLedger,
  table,
  text,
  timestamptz,
  type Table,
} from "../../dist/index.js";
import { fateObstacles } from "../../dist/ledger/fate-obstacles.js";
import { openLedger } from "../../dist/ledger/ledger-table.js";
import { removeOrphans } from "../../dist/ledger/remove-orphans.js";
import { CATALOG_QUERY } from "../../dist/table/catalog-query.js";
import type { WritePlan } from "../../dist/table/write-plan.js";
import { Incarnations } from "../../dist/transaction/incarnations.js";
import { isRunning } from "../../dist/transaction/running.js";
import { inquire } from "../../dist/transaction/xid-inquiry.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { findWithPlan } from "../helpers/find-plan.js";
import { mismatch } from "../helpers/mismatch.js";
import { SHADOWED_CATALOG } from "../helpers/shadowed-catalog.js";

const db = useDatabase();

/** Settings that a role, a database or a pool may have, and that change what a query means or prints. */
const SETTINGS = [
  "standard_conforming_strings=off",
  "backslash_quote=off",
  "quote_all_identifiers=on",
  "DateStyle=German",
  "IntervalStyle=sql_standard",
  "TimeZone=Asia/Kathmandu",
  "bytea_output=escape",
  "extra_float_digits=-15",
  "array_nulls=off",
  "row_security=off",
  "transform_null_equals=on",
  "xmloption=document",
  "default_transaction_isolation=serializable",
  "default_transaction_deferrable=on",
  "client_min_messages=debug1",
  "session_replication_role=replica",
  "from_collapse_limit=1",
  "jit_above_cost=0",
  "plan_cache_mode=force_generic_plan",
  "enable_nestloop=off",
  "search_path=",
];

describe("a setting of the role or the database", () => {
  const { schema } = db;
  const definition = table(
    "Set Up",
    {
      id: int4,
      note: domainOf("short note", text, { schema }).nullable(),
      mood: enumOf("mood", ["sad", "ok"], { schema }).nullable(),
      at: timestamptz.nullable(),
    },
    { schema },
  );

  before(() => db.pool.query(definition.ddl));

  for (const setting of SETTINGS) {
    it(`does not change what connect reads or what is written: ${setting}`, async () => {
      const pool = new Pool({
        connectionString: databaseUrl,
        options: `-c ${setting}`,
        max: 1,
      });
      for (const target of [definition, `${db.schema}."Set Up"`]) {
        await db.pool.query(`TRUNCATE ${db.schema}."Set Up"`);
        const copier = await Copier.connect(target as Table, { pool });
        const row = { id: 1, note: "a\\b", mood: "ok", at: new Date(0) };
        await copier.insert(row);
        await copier.close();
        assert.deepEqual(await db.rows(`SELECT * FROM ${db.schema}."Set Up"`), [row]);
      }
      const [name] = setting.split("=");
      const unchanged = new Client({ connectionString: databaseUrl, options: `-c ${setting}` });
      await unchanged.connect();
      const show = `SHOW ${name}`;
      assert.deepEqual((await pool.query(show)).rows, (await unchanged.query(show)).rows);
      await unchanged.end();
      await pool.end();
    });
  }

  it("is the same after a table was described inside of a transaction", async () => {
    const client = await db.pool.connect();
    await client.query("BEGIN; SET LOCAL quote_all_identifiers = on");
    const { columns } = await describeTable(client, `${db.schema}."Set Up"`);
    const { rows } = await client.query("SHOW quote_all_identifiers");
    await client.query("ROLLBACK");
    client.release();
    assert.deepEqual(rows, [{ quote_all_identifiers: "on" }]);
    assert.equal(columns[0]?.type.sql, "integer");
    assert.equal(columns[2]?.type.sql, `${db.schema}.mood`);
  });
});

describe("the query of the catalog", () => {
  it("is expected to be so cheap that the server does not compile it", async () => {
    const values = (sql: string): string => sql.replace("$1", "'pg_class'").replace("$2", "'[]'");
    const [plan] = await db.rows<{ "QUERY PLAN": [{ Plan: { "Total Cost": number } }] }>(
      `EXPLAIN (FORMAT JSON) ${values(CATALOG_QUERY)}`,
    );
    const [setting] = await db.rows<{ jit_above_cost: string }>("SHOW jit_above_cost");
    const cost = plan!["QUERY PLAN"][0].Plan["Total Cost"];
    assert.ok(cost < Number(setting!.jit_above_cost) / 2, `it costs ${cost}`);
  });

  it("needs no transaction that may write", async () => {
    const pool = new Pool({
      connectionString: databaseUrl,
      options: "-c default_transaction_read_only=on",
    });
    await db.create("not_now", { id: int4 });
    await (await Copier.connect(`${db.schema}.not_now`, { pool })).close();
    await pool.end();
  });
});

describe("a schema before pg_catalog in the search_path, whose objects are named like built-in ones,", () => {
  const name = `shadowed_${process.pid}`;
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const connection = {
    connectionString: url.href,
    options: "-c search_path=shadow,app,pg_catalog",
  };
  const plain = new Pool({ connectionString: url.href, max: 1 });
  // Its end may still be on its way when the database is dropped.
  plain.on("error", () => {});

  before(async () => {
    await db.pool.query(`CREATE DATABASE ${name}`);
    await plain.query(SHADOWED_CATALOG);
    await plain.query(`CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad', 'ok');
      CREATE DOMAIN app.named AS text CHECK (VALUE IS NOT NULL);
      CREATE TABLE app.readings (id int4, note text, moods app.mood[], v numeric(8, 2) DEFAULT 1 + 2,
        span int4range, at timestamptz, name app.named DEFAULT 'x');
      CREATE TABLE app.people (id int4, name app.named);
      CREATE TABLE app.members (id int4 PRIMARY KEY, note varchar(9) COLLATE "C", span int4range,
        at timestamptz DEFAULT now(), day date GENERATED ALWAYS AS (date '2000-01-01' + id) STORED,
        CONSTRAINT positive CHECK (id > 0));
      CREATE INDEX ON app.members (lower(note)) WHERE note <> '';
      ALTER TABLE app.members ADD UNIQUE (note), ALTER note SET STORAGE EXTERNAL;
      CREATE TABLE app.notes (note varchar(9) CONSTRAINT to_note REFERENCES app.members (note))`);
  });
  after(async () => {
    await plain.end();
    await db.pool.query(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  it("hides some thousand of them", async () => {
    const { rows } = await plain.query<{ kind: string; sum: string }>("SELECT * FROM shadowed");
    const counts = Object.fromEntries(rows.map(({ kind, sum }) => [kind, Number(sum)]));
    assert.ok(counts["function"]! > 1500, JSON.stringify(counts));
    assert.ok(counts["operator"]! > 500, JSON.stringify(counts));
    assert.ok(counts["type"]! > 30, JSON.stringify(counts));
    assert.ok(counts["relation"]! > 100, JSON.stringify(counts));
  });

  it("does not change what is read of a ledger, and removed from it", async () => {
    await plain.query(`${ledgerDdl("app.ledger")} INSERT INTO app.ledger VALUES
      ('a', gen_random_uuid(), gen_random_uuid(), 1, now()),
      ('lane/1', gen_random_uuid(), gen_random_uuid(), 1, now() - interval '8 days')`);
    const hidden = new Pool(connection);
    try {
      const ledger = await openLedger(hidden, { table: "ledger", create: false });
      assert.equal(ledger.name, '"app"."ledger"');
      assert.equal(await removeOrphans(hidden, ledger), 1);
      const [entry, ...others] = await readLedger(hidden, { table: "ledger" });
      assert.deepEqual([entry!.source, entry!.position, others], ["a", 1n, []]);
      assert.equal(await forgetSource(hidden, "a", { table: "ledger" }), true);
      const { rows } = await plain.query<{ oid: number }>(
        "SELECT 'app.ledger'::regclass::oid AS oid",
      );
      assert.deepEqual(await fateObstacles(rows[0]!.oid, hidden), []);
    } finally {
      await hidden.end();
    }
  });

  it("does not change what is decided about rows that conflict", async () => {
    const [hidden, seen] = [connection, { ...connection, options: "-c search_path=app" }].map(
      (config) => new Pool(config),
    );
    const definition = table("members", { id: int4, note: text.nullable() });
    const options = { onConflict: { update: "all", where: "true" } } as const;
    const updated = { onConflict: { update: "all" }, columns: ["id", "note"] } as const;
    const wanted = { onConflict: { update: "all" }, columns: ["id", "span"] } as const;
    const plans = async (pool: Pool): Promise<unknown[]> => [
      (await findWithPlan(pool, table("members", { id: int4 }), options)).plan,
      (await findWithPlan(pool, "members", wanted)).plan,
      (await findWithPlan(pool, "members", updated)).plan,
      await findWithPlan(pool, definition, options).catch((error: Error) => error.message),
    ];
    const found = await plans(hidden!);
    assert.deepEqual(found, await plans(seen!));
    assert.deepEqual((found[1] as WritePlan).reasons, [
      'the check constraint "positive"',
      'the generated column "day"',
      'the index "members_lower_idx", which is partial',
      'the unique index "members_note_key" beside that of onConflict',
    ]);
    const { reasons, stageColumns } = found[2] as WritePlan;
    assert.deepEqual(reasons, [
      'the foreign key "to_note" of another table, to a column that is updated',
    ]);
    assert.equal(stageColumns[1]!.storage, "EXTERNAL");
    await Promise.all([hidden!.end(), seen!.end()]);
  });

  it("does not change what connect reads and what is written", async () => {
    const pool = new Pool(connection);
    const byName = await Copier.connect("readings", { pool });
    await byName.insert({
      id: 1,
      note: "x",
      moods: ["ok"],
      v: 1.5,
      span: "empty",
      at: null,
      name: "a",
    });
    await byName.close();
    const readings = table("readings", { id: int4.nullable(), note: text.nullable() });
    const defined = await Copier.connect(readings, { pool });
    await defined.insert({ id: 2 });
    await defined.close();
    assert.deepEqual((await plain.query("SELECT id, v FROM app.readings ORDER BY id")).rows, [
      { id: 1, v: "1.50" },
      { id: 2, v: "3.00" },
    ]);
    const missing = await mismatch(Copier.connect("READING", { pool, connections: 1 }));
    assert.deepEqual(missing.differences, ["it does not exist"]);
    const misspelled = await mismatch(Copier.connect('"Readings"', { pool, connections: 1 }));
    assert.match(misspelled.message, /Did you mean readings\?/);
    const people = await mismatch(
      Copier.connect(table("people", { id: int4.nullable() }), { pool }),
    );
    assert.match(people.message, /named_check/);
    await pool.end();
  });

  it("does not change how rows are upserted", async () => {
    await plain.query(`CREATE TABLE app.merged (id int4 PRIMARY KEY, note text, hits int4 DEFAULT 0);
      CREATE TABLE app.looped (id int4 PRIMARY KEY, note text, hits int4 CHECK (hits >= 0))`);
    const config = { connectionString: url.href, options: connection.options };
    for (const [target, update, form] of [
      ["merged", "all", "merge"],
      ["merged", "nothing", "merge"],
      ["looped", "all", "merge"],
      [
        "looped",
        { hits: "looped.hits OPERATOR(pg_catalog.+) excluded.hits", note: "excluded.note" },
        "loop",
      ],
    ] as const) {
      await plain.query(`TRUNCATE app.${target}`);
      const pool = new Pool(config);
      for (const where of [{ pool }, { connection: config }]) {
        const refused: number[] = [];
        const definition = table(target, {
          id: int4,
          note: text.nullable(),
          hits: int4.nullable(),
        });
        const copier = await Copier.connect(definition, {
          ...where,
          onConflict: { update },
          onReject: ({ row }) => void refused.push(row.id),
        });
        assert.equal(copier.write, form);
        await copier.sendMany(
          [1, 2, 1, 3, 1].map((id, n) => ({ id, note: `${n}`, hits: id === 3 ? -1 : 1 })),
        );
        await copier.close();
        assert.deepEqual(refused, target === "looped" ? [3] : []);
        const { rows } = await plain.query<{ note: string }>(
          `SELECT note FROM app.${target} WHERE id = 1`,
        );
        assert.deepEqual(rows, [{ note: update === "nothing" ? "0" : "4" }]);
      }
      await pool.end();
    }
  });

  it("does not change what the server says about transactions and backends", async () => {
    const clients = [new Client(connection), new Client(connection)] as const;
    const [ours, other] = clients as unknown as readonly [PgClient, PgClient];
    await Promise.all(clients.map((client) => client.connect()));
    const origin = await askOrigin(ours);
    assert.ok(origin.backendStart);
    assert.ok(origin.incarnation);
    const pid = ours.processID!;
    const begun = await clients[0].query<{ xid: string }>(
      "BEGIN; SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text AS xid",
    );
    const [, selected] = begun as unknown as (typeof begun)[];
    const doubt = { pid, xid: selected!.rows[0]!.xid, origin, since: 0 };
    assert.equal(await isRunning(other, doubt), true);
    await eventually(async () => !(await isServerBusy(other, doubt)), "the backend waits for us");
    await clients[0].query("COMMIT");
    assert.equal(await inquire(other, doubt, new Incarnations()), "committed");
    clients[0].on("error", () => {});
    const ended = new Promise((resolve) => clients[0].once("end", resolve));
    await eventually(() => endBackend(other, { ...doubt, xid: undefined }), "the backend is ended");
    await ended;
    await clients[1].end();
  });
});
