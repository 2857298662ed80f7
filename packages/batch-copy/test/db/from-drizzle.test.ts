import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgSchema, type PgColumnBuilderBase } from "drizzle-orm/pg-core";

import { fromDrizzle } from "../../dist/drizzle.js";
import { Copier } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { drizzleSamples, type DrizzleSample } from "../helpers/drizzle/drizzle-samples.js";

const db = useDatabase();
const orm = drizzle(db.pool);
let tables = 0;

/** Why the server cannot store the sample; false if it can. */
async function obstacle({ extension }: DrizzleSample): Promise<string | false> {
  if (extension === undefined) {
    return false;
  }
  const found = await db.rows("SELECT FROM pg_available_extensions WHERE name = $1", [extension]);
  if (found.length === 0) {
    return `the server has no extension ${extension}`;
  }
  await db.pool.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  return false;
}

/** A table of numbered values. Drizzle's own types say how it is created. */
async function createTable(column: PgColumnBuilderBase) {
  const table = pgSchema(db.schema).table(`drizzle_${tables++}`, {
    id: integer().notNull(),
    value: column,
  });
  const { name } = fromDrizzle(table);
  await db.pool.query(
    `CREATE TABLE ${db.schema}.${name} (id integer NOT NULL, value ${table.value.getSQLType()})`,
  );
  return { table, name: `${db.schema}.${name}` };
}

/** The type of a value, and the class of an object. */
function kindOf(value: unknown): string {
  return typeof value === "object" && value !== null ? value.constructor.name : typeof value;
}

describe("fromDrizzle", () => {
  for (const sample of drizzleSamples) {
    it(`writes ${sample.name} as Drizzle's INSERT does, and hands rejected values back`, async (t) => {
      const reason = await obstacle(sample);
      if (reason !== false) {
        t.skip(reason);
        return;
      }
      const { table, name } = await createTable(sample.column());
      const values = [...sample.values, null];
      await orm.insert(table).values(values.map((value, id) => ({ id, value })));
      assert.deepEqual(await copied(table, name, values), []);

      await db.pool.query(`ALTER TABLE ${name} ADD CONSTRAINT nothing CHECK (false) NOT VALID`);
      const rejected = await rejectedValues(table, values);
      await db.pool.query(`ALTER TABLE ${name} DROP CONSTRAINT nothing`);
      const read = await orm.select().from(table).orderBy(table.id);
      assert.deepEqual(
        rejected.map(kindOf),
        read.map(({ value }) => kindOf(value)),
      );
      assert.deepEqual(await copied(table, name, rejected), [], "written again");
    });
  }

  type Created = Awaited<ReturnType<typeof createTable>>["table"];

  /** Writes the values with other ids, returns where they differ from Drizzle's, and deletes them. */
  async function copied(table: Created, name: string, values: readonly unknown[]) {
    await using copier = await Copier.connect(fromDrizzle(table), { pool: db.pool });
    await copier.sendMany(values.map((value, id) => ({ id: id + 1000, value })));
    await copier.flush();
    const different = await db.rows(
      `SELECT a.id, a.value::text AS drizzle, b.value::text AS copied
       FROM (SELECT * FROM ${name} WHERE id < 1000) a
       FULL JOIN (SELECT * FROM ${name} WHERE id >= 1000) b ON b.id = a.id + 1000
       WHERE a.id IS NULL OR b.id IS NULL OR a.value::text IS DISTINCT FROM b.value::text`,
    );
    await db.pool.query(`DELETE FROM ${name} WHERE id >= 1000`);
    return different;
  }

  async function rejectedValues(table: Created, values: readonly unknown[]): Promise<unknown[]> {
    const rejected: unknown[] = [];
    await using copier = await Copier.connect(fromDrizzle(table), {
      pool: db.pool,
      onReject({ row }) {
        rejected.push(row.value);
      },
    });
    await copier.sendMany(values.map((value, id) => ({ id, value })));
    await copier.flush();
    return rejected;
  }
});
