// Checked by the compiler: each line below @ts-expect-error must not compile.
import { sql } from "drizzle-orm";
import { int as mysqlInt, mysqlTable } from "drizzle-orm/mysql-core";
import { drizzle } from "drizzle-orm/node-postgres";
import {
  bigint,
  bigserial,
  customType,
  date,
  geometry,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgSchema,
  pgTable,
  pgTableCreator,
  pgView,
  point,
  serial,
  text,
  timestamp,
  uuid,
  varchar,
  vector,
  type AnyPgTable,
} from "drizzle-orm/pg-core";
import { integer as sqliteInteger, sqliteTable } from "drizzle-orm/sqlite-core";

import { fromDrizzle } from "../../dist/drizzle.js";
import { Copier, types as t, table, type Json, type RowOf } from "../../dist/index.js";

/** Exactly the same type, optional keys included. */
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function isTrue(value: true): void {
  void value;
}

const kind = pgEnum("kind", ["view", "click"]);
const money = customType<{ data: { cents: number }; driverData: string }>({
  dataType: () => "numeric(10, 2)",
});
const events = pgTable("events", {
  id: bigserial({ mode: "bigint" }).primaryKey(),
  small: serial(),
  always: integer().generatedAlwaysAsIdentity(),
  byDefault: bigint({ mode: "number" }).generatedByDefaultAsIdentity(),
  twice: integer().generatedAlwaysAs(sql`always * 2`),
  key: uuid().notNull(),
  kind: kind().notNull(),
  big: bigint({ mode: "bigint" }),
  size: bigint({ mode: "number" }).notNull(),
  price: numeric({ mode: "number" }).notNull(),
  exact: numeric({ precision: 10, scale: 2 }).notNull(),
  level: varchar({ enum: ["low", "high"] }).notNull(),
  data: jsonb().$type<{ a: number }>().notNull(),
  at: timestamp().notNull(),
  day: date().notNull(),
  tags: text().array().notNull(),
  grid: integer().array().array(),
  place: point().notNull(),
  position: geometry({ mode: "xy" }),
  embedding: vector({ dimensions: 3 }),
  cost: money(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  state: text().default("new"),
  token: text()
    .notNull()
    .$defaultFn(() => "x"),
  seen: timestamp().$defaultFn(() => new Date()),
  updatedAt: timestamp().$onUpdate(() => new Date()),
});

const definition = fromDrizzle(events);
type Event = RowOf<typeof definition>;
interface Expected {
  key: string;
  kind: "view" | "click";
  big?: bigint | null | undefined;
  size: number;
  price: number;
  exact: string;
  level: "low" | "high";
  data: { a: number };
  at: Date;
  day: string;
  tags: string[];
  grid?: number[][] | null | undefined;
  place: [number, number];
  position?: { x: number; y: number } | null | undefined;
  embedding?: number[] | null | undefined;
  cost?: { cents: number } | null | undefined;
  // Columns with a default of the server's.
  createdAt: Date;
  state: string | null;
  // The types cannot tell $onUpdate from a default of the server's.
  updatedAt: Date | null;
  // Columns with a default of the client's.
  token?: string | undefined;
  seen?: Date | null | undefined;
}
isTrue({} as Equal<Event, { [K in keyof Expected]: Expected[K] }>);
// @ts-expect-error the check itself can fail
isTrue({} as Equal<Event, { key: string }>);

const shorter = fromDrizzle(events, { omit: ["createdAt", "state", "updatedAt"] });
isTrue(
  {} as Equal<
    keyof RowOf<typeof shorter>,
    Exclude<keyof Expected, "createdAt" | "state" | "updatedAt">
  >,
);
// @ts-expect-error there is no such key
fromDrizzle(events, { omit: ["created_at"] });
// @ts-expect-error there is no such option
fromDrizzle(events, { columns: ["key"] });
// @ts-expect-error there is no such casing
fromDrizzle(events, { casing: "kebab-case" });

// What Drizzle selects is a row, and so is what it inserts where nothing has a server's default.
const logs = pgTable("logs", { id: serial(), message: text().notNull(), level: integer() });
const logsDefinition = fromDrizzle(logs);
type Log = RowOf<typeof logsDefinition>;
isTrue(
  {} as Equal<Omit<typeof logs.$inferInsert, "id">, { message: string; level?: number | null }>,
);
export const selected = (row: typeof logs.$inferSelect): Log => row;
export const inserted = (row: typeof logs.$inferInsert): Log => row;

export async function write(): Promise<void> {
  const copier = await Copier.connect(logsDefinition);
  await copier.send({ message: "a" });
  await copier.send({ message: "a", level: null });
  // @ts-expect-error a NOT NULL column is missing
  await copier.send({ level: 1 });
  // @ts-expect-error a wrong value
  await copier.send({ message: 1 });
  // @ts-expect-error the server makes it
  await copier.send({ message: "a", id: 1 });
  // @ts-expect-error a table of Drizzle is no definition
  await Copier.connect(logs);
}

isTrue({} as Equal<RowOf<ReturnType<typeof fromSchema>>, { a?: string | null | undefined }>);
function fromSchema() {
  return fromDrizzle(pgSchema("app").table("t", { a: text() }));
}
fromDrizzle(pgTableCreator((name) => `x_${name}`)("t", { a: text() }));

/** For tables that are not known yet. */
export async function writeAny(any: AnyPgTable, rows: Record<string, unknown>[]): Promise<void> {
  const copier = await Copier.connect(fromDrizzle(any));
  await copier.sendMany(rows);
}

const view = pgView("v").as((query) => query.select().from(logs));
// @ts-expect-error a view
fromDrizzle(view);
// @ts-expect-error a table of MySQL
fromDrizzle(mysqlTable("t", { a: mysqlInt() }));
// @ts-expect-error a table of SQLite
fromDrizzle(sqliteTable("t", { a: sqliteInteger() }));
// @ts-expect-error a database
fromDrizzle(drizzle("postgres://localhost"));
// @ts-expect-error a column
fromDrizzle(logs.message);

// All types under one name, types of values included.
const named = table("named", { a: t.text, b: t.varchar(5).nullable(), c: t.jsonb });
isTrue({} as Equal<RowOf<typeof named>, { a: string; c: Json; b?: string | null | undefined }>);
isTrue({} as Equal<t.Json, Json>);
