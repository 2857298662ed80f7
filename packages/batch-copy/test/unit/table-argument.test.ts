import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { drizzle } from "drizzle-orm/node-postgres";
import { pgTable, pgView, text } from "drizzle-orm/pg-core";
import { Pool } from "pg";

import { Copier, int4, table } from "../../dist/index.js";

async function refuses(value: unknown, got: string): Promise<void> {
  // A server that nobody reaches: the argument is refused before.
  const options = { databaseUrl: "postgres://127.0.0.1:1/none" };
  await assert.rejects(Copier.connect(value as string, options), {
    code: "INVALID_TABLE",
    message: `Expected a table definition made by table(), or a table's name, got ${got}`,
  });
}

describe("what connect is given as a table", () => {
  it("is refused before any connection if it is neither a definition nor a name", async () => {
    const { name, columns } = table("numbers", { n: int4 });
    await refuses(
      undefined,
      "undefined: is the definition exported under another name, or imported in a cycle?",
    );
    await refuses(null, "null");
    await refuses("", '""');
    await refuses(5, "5");
    await refuses({}, "an object without keys");
    await refuses([], "an object without keys");
    await refuses({ name, columns }, 'an object with the keys "name", "columns"');
    await refuses({ statusCode: { name: "status_code" } }, 'an object with the keys "statusCode"');
    await refuses(
      { name, columns: { n: "int4" }, ddl: "" },
      'an object with the keys "name", "columns", "ddl"',
    );
    await refuses(Date, "a function or a class without keys");
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`c${index}`, 1]));
    await refuses(many, 'an object with the keys "c0", "c1", "c2", "c3", "c4", …');
  });

  it("is explained if it is of another library", async () => {
    const logs = pgTable("logs", { message: text() });
    const view = pgView("v").as((query) => query.select().from(logs));
    await refuses(logs, "a Drizzle table: pass fromDrizzle(table), from batch-copy/drizzle");
    await refuses(view, "a Drizzle view: pass its name in the database");
    await refuses(
      drizzle(new Pool()),
      "a Drizzle database: pass fromDrizzle(table), from batch-copy/drizzle",
    );
    await refuses({ selectFrom() {} }, "a Kysely instance: pass the table's name");
    await refuses(Promise.resolve(1), "a promise: await it first");
  });
});
