import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import {
  boolean,
  customType,
  date,
  geometry,
  integer,
  json,
  jsonb,
  line,
  pgSchema,
  point,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

import { fromDrizzle } from "../../dist/drizzle.js";
import { Copier, EncodeError, SchemaMismatchError, type Table } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
const orm = drizzle(db.pool);
const schema = pgSchema(db.schema);

async function encodeError(sent: Promise<unknown>, column: string, reason: RegExp): Promise<void> {
  const error = await sent.then(
    () => assert.fail("the row was taken"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof EncodeError, String(error));
  assert.equal(error.column, column);
  assert.match(error.reason, reason);
}

describe("a row of a Drizzle table that leaves out keys", () => {
  let calls = 0;
  const events = schema.table("events", {
    id: integer().notNull(),
    made: text()
      .notNull()
      .$defaultFn(() => `made ${calls++}`),
    updated: text().$onUpdateFn(() => "updated"),
    // As Drizzle does: the server's default comes before $onUpdateFn, unless it is falsy.
    seen: text()
      .default("by the server")
      .$onUpdateFn(() => "updated"),
    falsy: text()
      .default("")
      .$onUpdateFn(() => "updated"),
    makesNull: text().$defaultFn(() => null as never),
    note: text(),
  });

  before(() =>
    db.pool.query(`CREATE TABLE ${db.schema}.events (id integer, made text NOT NULL, updated text,
      seen text DEFAULT 'by the server', falsy text DEFAULT '', "makesNull" text, note text)`),
  );

  it("gets what Drizzle's INSERT would give it, except from the server", async () => {
    await orm.insert(events).values({ id: 1 });
    await using copier = await Copier.connect(fromDrizzle(events), { pool: db.pool });
    // The types cannot tell $onUpdateFn from a default of the server's.
    const row = { id: 2, seen: "by the server" } as { id: number; seen: string; falsy: string };
    await copier.insert({ ...row, updated: undefined as never });
    const rows = await db.rows(`SELECT * FROM ${db.schema}.events ORDER BY id`);
    const same = { updated: "updated", seen: "by the server", falsy: "updated" };
    assert.deepEqual(rows, [
      { id: 1, made: "made 0", ...same, makesNull: null, note: null },
      { id: 2, made: "made 1", ...same, makesNull: null, note: null },
    ]);
  });

  it("is an EncodeError where the server has a default, even if the column is nullable", async () => {
    await using copier = await Copier.connect(fromDrizzle(events), { pool: db.pool });
    const send = (row: object): Promise<void> => copier.send(row as never);
    await encodeError(
      send({ id: 3, updated: "x" }),
      "seen",
      /^a value is missing, and the column has a default: .* fromDrizzle\(table, \{ omit: \["seen"\] \}\); otherwise send a value$/,
    );
    await copier.insert({ id: 3, updated: "", seen: null, falsy: null });
    const [row] = await db.rows(`SELECT seen FROM ${db.schema}.events WHERE id = 3`);
    assert.deepEqual(row, { seen: null });
  });

  it("gets the server's default of a column that is omitted", async () => {
    const omit = ["seen", "falsy"] as const;
    await using copier = await Copier.connect(fromDrizzle(events, { omit }), { pool: db.pool });
    await copier.insert({ id: 4, updated: "" });
    const [row] = await db.rows(`SELECT seen, falsy FROM ${db.schema}.events WHERE id = 4`);
    assert.deepEqual(row, { seen: "by the server", falsy: "" });
  });

  it("is an EncodeError if the default is an SQL expression", async () => {
    const table = schema.table("expressions", { at: timestamp().$defaultFn(() => sql`now()`) });
    await db.pool.query(fromDrizzle(table).ddl);
    await using copier = await Copier.connect(fromDrizzle(table), { pool: db.pool });
    await encodeError(copier.send({}), "at", /^COPY takes values only, got an instance of SQL/);
  });
});

describe("a row of a Drizzle table that the server rejects", () => {
  it("is handed back with its keys and values, so that it can be sent again", async () => {
    const table = schema.table("rejecting", {
      id: integer().notNull(),
      sentAt: timestamp("sent_at").notNull(),
      text: jsonb().notNull(),
      place: point(),
    });
    await db.pool.query(fromDrizzle(table).ddl);
    await db.pool.query(`ALTER TABLE ${db.schema}.rejecting ADD CHECK (id > 0)`);
    const rows: object[] = [];
    await using copier = await Copier.connect(fromDrizzle(table), {
      pool: db.pool,
      onReject({ row }) {
        rows.push(row);
      },
    });
    // A string that is a document too.
    const row = { id: -1, sentAt: new Date(5), text: "5", place: [1, 2] as [number, number] };
    await copier.send(row);
    await copier.flush();
    assert.deepEqual(rows, [row]);
  });
});

describe("a Drizzle table with casing", () => {
  it("has the column names of drizzle({ casing })", async () => {
    const table = schema.table("cased", {
      userID: integer(),
      fullName: text(),
      kept: text("Kept"),
    });
    await db.pool.query(
      `CREATE TABLE ${db.schema}.cased (user_id integer, full_name text, "Kept" text)`,
    );
    const row = { userID: 1, fullName: "a", kept: "b" };
    await drizzle(db.pool, { casing: "snake_case" }).insert(table).values(row);
    const definition = fromDrizzle(table, { casing: "snake_case" });
    await using copier = await Copier.connect(definition, { pool: db.pool });
    await copier.insert(row);
    const rows = await db.rows(`SELECT * FROM ${db.schema}.cased`);
    const stored = { user_id: 1, full_name: "a", Kept: "b" };
    assert.deepEqual(rows, [stored, stored]);
  });
});

describe("a customType of Drizzle", () => {
  /** A type of that name, whose values the driver gets as they are. */
  const typed = <Data>(name: string) =>
    customType<{ data: Data }>({ dataType: () => `${db.schema}.${name}` });

  before(() =>
    db.pool.query(`SET search_path = ${db.schema};
      CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
      CREATE DOMAIN document AS jsonb;
      CREATE TYPE address AS (street text, zip integer);
      CREATE TYPE pair AS RANGE (subtype = integer);
      RESET search_path`),
  );

  it("can be any type of the database, which is looked up", async () => {
    const table = schema.table("own_types", {
      mood: typed<string>("mood")(),
      moods: typed<string>("mood")().array(),
      positive: typed<number>("positive")(),
      document: customType<{ data: object; driverData: string }>({
        dataType: () => `${db.schema}.document`,
        toDriver: (value) => JSON.stringify(value),
      })(),
      address: typed<string>("address")(),
      pair: typed<string>("pair")(),
    });
    await db.pool.query(fromDrizzle(table).ddl);
    const row = {
      mood: "ok",
      moods: ["sad", "ok"],
      positive: 5,
      document: { a: 1 },
      address: "(Main,12345)",
      pair: "[1,2)",
    };
    await orm.insert(table).values(row);
    await using copier = await Copier.connect(fromDrizzle(table), { pool: db.pool });
    await copier.insert(row);
    const rows = await db.rows<{ t: string }>(`SELECT t::text FROM ${db.schema}.own_types t`);
    assert.equal(rows.length, 2);
    assert.deepEqual(rows[1], rows[0]);
  });

  it("must have a codec", async () => {
    const table = schema.table("filtered", {
      filter: customType<{ data: string }>({ dataType: () => "aclitem" })(),
    });
    await db.pool.query(fromDrizzle(table).ddl);
    await assert.rejects(
      Copier.connect(fromDrizzle(table), { pool: db.pool }),
      SchemaMismatchError,
    );
    const complex = schema.table("complex_numbers", { value: typed<string>("complex")() });
    await db.pool.query(`SET search_path = ${db.schema};
      CREATE TYPE complex;
      CREATE FUNCTION complex_in(cstring) RETURNS complex LANGUAGE internal IMMUTABLE STRICT AS 'textin';
      CREATE FUNCTION complex_out(complex) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
      CREATE FUNCTION complex_recv(internal) RETURNS complex LANGUAGE internal IMMUTABLE STRICT AS 'textrecv';
      CREATE FUNCTION complex_send(complex) RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'textsend';
      CREATE TYPE complex (INPUT = complex_in, OUTPUT = complex_out, RECEIVE = complex_recv, SEND = complex_send, LIKE = text);
      CREATE TABLE complex_numbers (value complex);
      RESET search_path`);
    await assert.rejects(Copier.connect(fromDrizzle(complex), { pool: db.pool }), (error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.match(error.message, /complex has no codec: register one with columnType\("complex"/);
      return true;
    });
  });

  it("must not be of money, also under a domain: the driver's numbers are not those of COPY", async () => {
    await db.pool.query(`CREATE DOMAIN ${db.schema}.price AS money;
      CREATE DOMAIN ${db.schema}.prices AS money[];
      CREATE TABLE ${db.schema}.priced (a ${db.schema}.price, b ${db.schema}.prices)`);
    const tables = [
      schema.table("priced", { a: typed<number>("price")() }),
      schema.table("priced", { b: typed<number[]>("prices")() }),
    ];
    for (const table of tables) {
      await assert.rejects(
        Copier.connect(fromDrizzle(table) as Table, { pool: db.pool }),
        /price.* is one of money: its text depends on lc_monetary, and COPY cannot write it/,
      );
    }
  });

  it("must have the type that the database has", async () => {
    const table = schema.table("differing", { a: typed<string>("mood")(), b: integer() });
    await db.pool.query(`CREATE TABLE ${db.schema}.differing (a text, b bigint)`);
    await assert.rejects(Copier.connect(fromDrizzle(table), { pool: db.pool }), (error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.match(
        error.message,
        /column "a" is text in the database and .*mood in the definition/,
      );
      assert.match(error.message, /column "b" is bigint in the database and .*int4/);
      return true;
    });
  });

  it("must have a value from toDriver()", async () => {
    const odd = customType<{ data: string; driverData: unknown }>({
      dataType: () => "text",
      toDriver: (value) => (value === "sql" ? sql`now()` : value === "null" ? null : value),
    });
    const table = schema.table("odd_values", {
      value: odd(),
      plain: documentText("json")(),
      document: documentText("jsonb")(),
    });
    await db.pool.query(fromDrizzle(table).ddl);
    await using copier = await Copier.connect(fromDrizzle(table), { pool: db.pool });
    await encodeError(copier.send({ value: "sql" }), "value", /SQL expression/);
    await encodeError(copier.send({ value: sql`now()` as never }), "value", /SQL expression/);
    await encodeError(copier.send({ value: "null" }), "value", /from toDriver\(\), got null/);
    await encodeError(copier.send({ plain: "{" }), "plain", /JSON/);
    await encodeError(copier.send({ document: "{" }), "document", /JSON/);
  });
});

/** A type whose data are documents as text. */
const documentText = (type: "json" | "jsonb") =>
  customType<{ data: string }>({ dataType: () => type });

describe("a value that does not fit its Drizzle column", () => {
  const table = schema.table("checked", {
    document: jsonb(),
    plain: json(),
    day: date({ mode: "date" }),
    place: point(),
    places: point().array().array(),
    border: line(),
    seconds: timestamp({ precision: 0 }),
    done: boolean(),
    key: uuid(),
  });
  const attempts: readonly (readonly [column: string, value: unknown, reason: RegExp])[] = [
    ["document", sql`now()`, /SQL expression/],
    ["plain", sql`now()`, /SQL expression/],
    ["day", new Date(Number.NaN), /the Date is invalid/],
    ["day", 5, /expected a date string/],
    ["place", [1, 2, 3], /expected an array of 2 numbers/],
    ["place", "1,2", /expected an array of 2 numbers/],
    ["place", [1, "2"], /a number as a coordinate/],
    ["places", [[[1, 2]], []], /nested arrays must have the same length/],
    ["border", [1, 2], /expected an array of 3 numbers/],
    // The server would round it.
    ["seconds", new Date(1), /more than 0 decimal places/],
    ["done", "yes please", /boolean/],
    ["key", "x", /UUID/i],
  ];

  before(() => db.pool.query(fromDrizzle(table).ddl));

  for (const [column, value, reason] of attempts) {
    it(`is an EncodeError of ${column}: ${String(reason)}`, async () => {
      await using copier = await Copier.connect(fromDrizzle(table), { pool: db.pool });
      await encodeError(copier.send({ [column]: value }), column, reason);
    });
  }

  it("is an EncodeError of a point of PostGIS", () => {
    const places = schema.table("places", { at: geometry(), named: geometry({ mode: "xy" }) });
    const { at, named } = fromDrizzle(places).columns;
    const actual = { oid: 0, schema: "public", name: "geometry", sql: "geometry(Point)" } as const;
    const type = { ...actual, kind: "base", hasBinaryForm: true } as const;
    const out = null as never;
    assert.throws(() => at.codecFor(type).encode([1, Number.NaN], out), /finite number/);
    assert.throws(() => at.codecFor(type).encode([1] as never, out), /array of 2 numbers/);
    assert.throws(() => named.codecFor(type).encode(5 as never, out), /a point \{ x, y \}/);
    assert.throws(() => named.codecFor(type).encode({ x: 1 } as never, out), /finite number/);
  });
});
