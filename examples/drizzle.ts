/**
 * A table that is defined with Drizzle: a copier fills it, and Drizzle reads it.
 */
import { randomUUID } from "node:crypto";

import { Copier, type RowOf } from "batch-copy";
import { fromDrizzle } from "batch-copy/drizzle";
import { avg, count, desc } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, jsonb, pgSchema, text, timestamp, uuid } from "drizzle-orm/pg-core";
import { Pool } from "pg";

import { SCHEMA } from "./support/database.js";

/** Usually in a file of its own, which drizzle-kit reads as well. */
const requests = pgSchema(SCHEMA).table("requests", {
  id: integer().primaryKey().generatedAlwaysAsIdentity(),
  traceId: uuid()
    .notNull()
    .$defaultFn(() => randomUUID()),
  url: text().notNull(),
  statusCode: integer().notNull(),
  latencyMs: integer(),
  tags: jsonb().$type<{ region: string }>(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});

/** The server makes `id`, and `createdAt` if no row has it. */
const definition = fromDrizzle(requests, { casing: "snake_case", omit: ["createdAt"] });
type Request = RowOf<typeof definition>;

const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
const db = drizzle(pool, { casing: "snake_case" });

// Usually a migration of drizzle-kit.
await pool.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA};
  DROP TABLE IF EXISTS ${SCHEMA}.requests;
  CREATE TABLE ${SCHEMA}.requests (
    id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    trace_id uuid NOT NULL,
    url text NOT NULL,
    status_code integer NOT NULL,
    latency_ms integer,
    tags jsonb,
    created_at timestamptz NOT NULL DEFAULT now()
  )`);

const copier = await Copier.connect(definition, { pool });

const row: Request = { url: "/hello/world", statusCode: 200, latencyMs: 42 };
await copier.insert(row); // committed
for (let n = 0; n < 10_000; n++) {
  const tags = n % 2 === 0 ? { region: "eu" } : null;
  await copier.send({ url: `/page/${n % 3}`, statusCode: 200, latencyMs: n % 100, tags });
}
await copier.close();

const pages = await db
  .select({ url: requests.url, rows: count(), latencyMs: avg(requests.latencyMs) })
  .from(requests)
  .groupBy(requests.url)
  .orderBy(desc(count()), requests.url);
console.table(pages);

const [first] = await db.select().from(requests).orderBy(requests.id).limit(1);
console.log("The first row:", first);

await pool.end();
