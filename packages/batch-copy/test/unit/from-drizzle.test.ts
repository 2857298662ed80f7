import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { entityKind, relations, sql } from "drizzle-orm";
import { toCamelCase, toSnakeCase } from "drizzle-orm/casing";
import { mysqlTable, int as mysqlInt } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/node-postgres";
import * as pgCore from "drizzle-orm/pg-core";
import {
  alias,
  bigint,
  bigserial,
  customType,
  foreignKey,
  geometry,
  integer,
  numeric,
  pgEnum,
  pgMaterializedView,
  pgSchema,
  pgTable,
  pgTableCreator,
  pgView,
  primaryKey,
  serial,
  smallserial,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { integer as sqliteInteger, sqliteTable } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { Pool } from "pg";

import { fromDrizzle } from "../../dist/drizzle.js";
import { CASINGS } from "../../dist/drizzle/casing.js";
import { conversionOf } from "../../dist/drizzle/conversions.js";
import { sqlType } from "../../dist/drizzle/sql-type.js";
import { BatchCopyError, int4, types, type ColumnType } from "../../dist/index.js";

const users = pgTable("users", {
  id: serial().primaryKey(),
  fullName: text("full_name").notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  score: integer(),
});

function refuses(call: () => unknown, message: string): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof BatchCopyError);
    assert.equal(error.code, "INVALID_TABLE");
    assert.equal(error.message, message);
    return true;
  });
}

/** For JavaScript, which the compiler does not check. */
const untyped = fromDrizzle as (table: unknown, options?: unknown) => unknown;

describe("the definition of a Drizzle table", () => {
  it("has its name, its keys, and the names and types of its columns", () => {
    const definition = fromDrizzle(users);
    assert.equal(definition.name, "users");
    assert.equal(definition.schema, undefined);
    assert.deepEqual(definition.names, {
      fullName: "full_name",
      createdAt: "createdAt",
      score: "score",
    });
    assert.equal(
      definition.ddl,
      `CREATE TABLE "users" (
  "full_name" text NOT NULL,
  "createdAt" timestamp with time zone NOT NULL,
  "score" integer
);`,
    );
  });

  it("has the schema of pgSchema() and the name that pgTableCreator() makes", () => {
    const inSchema = pgSchema("app").table("logs", { message: text() });
    assert.match(fromDrizzle(inSchema).ddl, /^CREATE TABLE "app"."logs"/);
    const created = pgTableCreator((name) => `my_${name}`)("logs", { message: text() });
    assert.match(fromDrizzle(created).ddl, /^CREATE TABLE "my_logs"/);
  });

  it("has the enum's schema and labels", () => {
    const kind = pgSchema("app").enum("kind", ["view", "click"]);
    const mood = pgEnum("mood", { Sad: "sad", Ok: "ok" });
    const events = pgTable("events", { kind: kind().notNull(), moods: mood().array() });
    assert.equal(
      fromDrizzle(events).ddl,
      `CREATE TYPE "app"."kind" AS ENUM ('view', 'click');
CREATE TYPE "mood" AS ENUM ('sad', 'ok');
CREATE TABLE "events" (
  "kind" "app"."kind" NOT NULL,
  "moods" "mood"[]
);`,
    );
  });

  it("leaves out what the server makes, and what is omitted", () => {
    const table = pgTable("t", {
      small: smallserial(),
      normal: serial(),
      big: bigserial({ mode: "number" }),
      bigger: bigserial({ mode: "bigint" }),
      always: integer().generatedAlwaysAsIdentity(),
      byDefault: bigint({ mode: "number" }).generatedByDefaultAsIdentity(),
      double: integer().generatedAlwaysAs(sql`a * 2`),
      a: integer(),
      b: integer(),
    });
    assert.deepEqual(Object.keys(fromDrizzle(table).columns), ["a", "b"]);
    assert.deepEqual(Object.keys(fromDrizzle(table, { omit: ["b", "small"] }).columns), ["a"]);
  });

  it("has NOT NULL for the columns of a primary key, whichever way it is defined", () => {
    const columns = { a: integer(), b: integer("bb"), c: integer() };
    const list = pgTable("t", columns, (t) => [primaryKey({ columns: [t.a, t.b] })]);
    const object = pgTable("t", columns, (t) => ({ pk: primaryKey({ columns: [t.a, t.b] }) }));
    for (const table of [list, object]) {
      assert.match(
        fromDrizzle(table).ddl,
        /"a" integer NOT NULL,\n {2}"bb" integer NOT NULL,\n {2}"c" integer\n/,
      );
    }
    const inline = pgTable("t", { a: integer().primaryKey() });
    assert.match(fromDrizzle(inline).ddl, /"a" integer NOT NULL/);
  });

  it("names columns as the option casing says, except those that have a name", () => {
    const table = pgTable("t", { userID: text(), fullName: text("fullName"), a1: text() });
    assert.deepEqual(fromDrizzle(table, { casing: "snake_case" }).names, {
      userID: "user_id",
      fullName: "fullName",
      a1: "a1",
    });
    const snake = pgTable("t", { user_id: text() });
    assert.deepEqual(fromDrizzle(snake, { casing: "camelCase" }).names, { user_id: "userId" });
  });

  it("derives the same names as Drizzle from any key", () => {
    const keys = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom("a", "A", "b", "B", "1", "_", "'", "’", "-", " ", "é") }),
    );
    fc.assert(
      fc.property(keys, (key) => {
        assert.equal(CASINGS.snake_case(key), toSnakeCase(key));
        assert.equal(CASINGS.camelCase(key), toCamelCase(key));
      }),
      { numRuns: 5000 },
    );
  });
});

describe("fromDrizzle()", () => {
  const takes = "fromDrizzle() takes a table made by Drizzle's pgTable(), got";

  it("refuses anything but a table of PostgreSQL, and says what it got", () => {
    const view = pgView("v").as((query) => query.select().from(users));
    const materialized = pgMaterializedView("m").as((query) => query.select().from(users));
    refuses(() => untyped(view), `${takes} a Drizzle PgView`);
    refuses(() => untyped(materialized), `${takes} a Drizzle PgMaterializedView`);
    refuses(() => untyped(alias(users, "u")), `${takes} an alias of one`);
    refuses(() => untyped(mysqlTable("m", { a: mysqlInt() })), `${takes} a Drizzle MySqlTable`);
    refuses(
      () => untyped(sqliteTable("s", { a: sqliteInteger() })),
      `${takes} a Drizzle SQLiteTable`,
    );
    refuses(() => untyped(users.id), `${takes} a Drizzle PgSerial`);
    refuses(() => untyped(pgSchema("app")), `${takes} a Drizzle PgSchema`);
    refuses(() => untyped(relations(users, () => ({}))), `${takes} a Drizzle Relations`);
    refuses(() => untyped(drizzle(new Pool())), `${takes} a Drizzle NodePgDatabase`);
    refuses(() => untyped("users"), `${takes} "users"`);
    refuses(
      () => untyped(undefined),
      `${takes} undefined: is the definition exported under another name, or imported in a cycle?`,
    );
    refuses(() => untyped({ users }), `${takes} an object with the keys "users"`);
  });

  it("refuses options that it does not have", () => {
    const options = "the options of fromDrizzle() are { omit, casing }, got";
    refuses(() => untyped(users, { columns: [] }), `${options} "columns"`);
    refuses(() => untyped(users, null), `${options} null`);
    refuses(() => untyped(users, { omit: "id" }), 'omit must be an array of keys, got "id"');
    refuses(
      () => untyped(users, { casing: "snake" }),
      'casing must be "snake_case" or "camelCase", got "snake"',
    );
    refuses(
      () => untyped(users, { omit: ["createdat"] }),
      'the table "users" has no column "createdat" to omit. Did you mean "createdAt"?',
    );
    refuses(
      () => untyped(users, { omit: ["created_at"] }),
      'the table "users" has no column "created_at" to omit. Did you mean "createdAt"?',
    );
    refuses(() => untyped(users, { omit: ["x"] }), 'the table "users" has no column "x" to omit');
  });

  it("refuses a table whose constraints refer to one that is not defined yet, and says so", () => {
    const orders = pgTable("orders", { userId: integer() }, (t) => [
      foreignKey({ columns: [t.userId], foreignColumns: [later.id] }),
    ]);
    refuses(
      () => fromDrizzle(orders),
      `the constraints of the table "orders" cannot be read: Cannot access 'later' before initialization. Call fromDrizzle() when all tables that they refer to are defined.`,
    );
    const later = pgTable("later", { id: integer() });
    assert.deepEqual(Object.keys(fromDrizzle(orders).columns), ["userId"]);
  });

  it("refuses a type with parameters that PostgreSQL does not take", () => {
    const table = pgTable("t", { a: numeric({ precision: 2000 }) });
    refuses(
      () => fromDrizzle(table),
      'column "a" has the type numeric(2000): numeric(precision) takes 1 to 1000, got 2000',
    );
    const money = customType<{ data: number }>({ dataType: () => "money" });
    refuses(
      () => fromDrizzle(pgTable("t", { a: money() })),
      'column "a" has the type money: its text depends on lc_monetary, and COPY cannot write it: use numeric',
    );
  });
});

describe("the columns of Drizzle", () => {
  it("are encoded by batch-copy's own functions, if they convert no values", () => {
    const table = pgTable("t", { a: integer(), b: text(), c: timestamp(), d: numeric() });
    const { a, b, c, d } = fromDrizzle(table).columns;
    const type = { oid: 0, schema: "pg_catalog", name: "", sql: "", hasBinaryForm: true } as const;
    const encoders = (columns: readonly ColumnType<unknown, boolean>[]): unknown[] =>
      columns.map((column) => Reflect.get(column.codecFor({ ...type, kind: "base" }), "encode"));
    const own = encoders([int4, types.text, types.timestamp]);
    assert.deepEqual(encoders([a, b, c]), own);
    assert.notEqual(encoders([d])[0], own[0]);
  });

  it("are all known, but for those that convert their values themselves or need not", () => {
    const classes = Object.values(pgCore).filter((value): value is typeof pgCore.PgColumn => {
      return typeof value === "function" && value.prototype instanceof pgCore.PgColumn;
    });
    const unknown = classes
      .map((column) => column[entityKind])
      .filter((kind) => conversionOf(kind) === undefined);
    assert.ok(classes.length > 40);
    assert.deepEqual(unknown.toSorted(), [
      "ExtraConfigColumn",
      "PgArray",
      "PgBigSerial53",
      "PgBigSerial64",
      "PgCustomColumn",
      "PgSerial",
      "PgSmallSerial",
    ]);
  });
});

describe("the type that a definition of Drizzle names", () => {
  const same = ["bytea", "citext", "jsonpath", "tsvector", "xml", "vector(3)", "varchar(20)[]"];
  const cases: readonly (readonly [written: string, sql: string])[] = [
    ...same.map((name) => [name, name.replace("varchar", "character varying")] as const),
    [" INTEGER ", "integer"],
    ["int", "integer"],
    ["int2", "smallint"],
    ["float8", "double precision"],
    ["decimal(10, 2)", "numeric(10,2)"],
    ["dec", "numeric"],
    ["char", "character(1)"],
    ["character (3)", "character(3)"],
    ["bpchar", "bpchar"],
    ["nchar", "character(1)"],
    ["national character varying(3)", "character varying(3)"],
    ["pg_catalog.varchar(3)", "character varying(3)"],
    ["double  precision", "double precision"],
    ["float(24)", "real"],
    ["float(25)", "double precision"],
    ["integer ARRAY", "integer[]"],
    ["integer array[3]", "integer[]"],
    ['"char"', '"char"'],
    ["bit", "bit(1)"],
    ["bit varying(5)", "bit varying(5)"],
    ["timestamptz(3)", "timestamp(3) with time zone"],
    ["timestamp (3) with time zone", "timestamp(3) with time zone"],
    ["timestamp(0) without time zone", "timestamp(0) without time zone"],
    ["time with time zone", "time with time zone"],
    ["interval day to second(3)", "interval day to second(3)"],
    ["interval (2)", "interval(2)"],
    ["geometry(point)", "geometry(Point)"],
    ["geometry(MULTIPOLYGONZM, 4326)", "geometry(MultiPolygonZM,4326)"],
    ["geography(Point,4326)", "geography(Point,4326)"],
    ["int4[3][]", "integer[]"],
    ["app.mood", "app.mood"],
    ["tstzrange", "tstzrange"],
    ["mood[]", "mood[]"],
  ];
  for (const [written, expected] of cases) {
    it(`${written} is ${expected}`, () => {
      assert.equal(sqlType(written).sql, expected);
    });
  }

  it("is that of PostGIS for a point", () => {
    const places = pgTable("places", { at: geometry({ type: "point" }) });
    assert.match(fromDrizzle(places).ddl, /"at" geometry\(Point\)\n/);
  });

  it("is the type of a customType", () => {
    const name = customType<{ data: string; config: { length: number } }>({
      dataType: (config) => `varchar(${config?.length})`,
    });
    const people = pgTable("people", { name: name({ length: 7 }).notNull() });
    assert.match(fromDrizzle(people).ddl, /"name" character varying\(7\) NOT NULL/);
  });
});
