import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import type { SchemaMismatchError } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { findWithPlan, type PlanOptions } from "../helpers/find-plan.js";

const db = useDatabase();
const { schema } = db;
const TEMPORARY = "TEMPORARY ON DATABASE";

/** A database of its own, in which a role has nothing by itself, and PUBLIC neither. */
async function inBareDatabase(
  work: (owner: Pool, role: Pool, roleName: string) => Promise<void>,
): Promise<void> {
  const name = `${schema}_bare`;
  await db.pool.query(`CREATE DATABASE ${name}`);
  await db.pool.query(`CREATE ROLE ${name}; REVOKE ${TEMPORARY} ${name} FROM PUBLIC`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  const owner = new Pool({ connectionString: url.href, max: 1 });
  const role = new Pool({ connectionString: url.href, max: 1, options: `-c role=${name}` });
  try {
    await owner.query(`REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
      GRANT USAGE ON SCHEMA public TO ${name}`);
    await work(owner, role, name);
  } finally {
    await Promise.all([owner.end(), role.end()]);
    await db.pool.query(`DROP DATABASE ${name}`);
    await db.pool.query(`DROP ROLE ${name}`);
  }
}

async function missing(
  pool: Pool,
  name: string,
  options: PlanOptions = {},
): Promise<SchemaMismatchError> {
  const error = await findWithPlan(pool, name, options).then(
    ({ plan }) => assert.fail(plan.form),
    (thrown: SchemaMismatchError) => thrown,
  );
  assert.equal(error.code, "SCHEMA_MISMATCH", String(error));
  return error;
}

describe("a privilege that a write needs", () => {
  it("may be one on the types, the collations and their schemas, of which a stage is made", async () => {
    await inBareDatabase(async (owner, role, roleName) => {
      await owner.query(`CREATE SCHEMA kinds; CREATE TYPE kinds.mood AS ENUM ('sad', 'ok');
        CREATE SCHEMA orders; CREATE COLLATION orders.c FROM "C";
        CREATE DOMAIN amount AS int4; REVOKE USAGE ON DOMAIN amount FROM PUBLIC;
        CREATE TABLE moods (id int4 PRIMARY KEY, moods kinds.mood[], note text COLLATE orders.c,
          amounts amount[], mood kinds.mood, amount amount);
        GRANT ALL ON moods TO ${roleName}; GRANT TEMPORARY ON DATABASE ${roleName} TO ${roleName};
        GRANT USAGE ON LANGUAGE plpgsql TO ${roleName}`);
      assert.equal((await findWithPlan(role, "moods")).plan.form, "copy");
      const options = { onConflict: { update: "all" } } as const;
      const error = await missing(role, "moods", options);
      assert.deepEqual(
        error.differences,
        ['SCHEMA "kinds"', 'SCHEMA "orders"', 'TYPE "public"."amount"'].map(
          (object) =>
            `this role has no USAGE privilege on ${object}, which a temporary table with the same columns needs`,
        ),
      );
      const few = await findWithPlan(role, "moods", { ...options, columns: ["id"] });
      assert.equal(few.plan.form, "merge");
      await owner.query(error.ddl);
      assert.equal((await findWithPlan(role, "moods", options)).plan.form, "merge");
    });
  });

  it("is named with what grants it, until nothing is missing", async () => {
    await inBareDatabase(async (owner, role, roleName) => {
      await owner.query(`CREATE TABLE people (id int4 PRIMARY KEY, name text, hits int4);
        GRANT INSERT ON people TO ${roleName}`);
      assert.equal((await findWithPlan(role, "people")).plan.form, "copy");
      const columns = ["id", "name"];
      const options = { columns, onConflict: { update: "all" } } as const;
      const error = await missing(role, "people", options);
      assert.deepEqual(error.differences, [
        `this role has no TEMPORARY privilege on the database "${roleName}", and rows have to be written through a temporary table`,
        "this role has no USAGE privilege on the language plpgsql, in which rows are written one by one",
        'this role has no SELECT privilege on the columns "id", "name", which onConflict needs',
        'this role has no UPDATE privilege on the columns "id", "name", which onConflict needs',
      ]);
      await owner.query(error.ddl);
      assert.equal((await findWithPlan(role, "people", options)).plan.form, "merge");
      const update = { hits: "people.hits + 1" };
      const counting = await missing(role, "people", { columns, onConflict: { update } });
      assert.match(counting.message, /no UPDATE privilege on the columns "hits"/);
      await owner.query(counting.ddl);
      const reading = await missing(role, "people", { columns, onConflict: { update } });
      assert.match(
        reading.message,
        /lacks a privilege that the SQL of onConflict needs: permission d/,
      );
      await owner.query(`GRANT SELECT (hits) ON people TO ${roleName}`);
      assert.equal(
        (await findWithPlan(role, "people", { columns, onConflict: { update } })).plan.form,
        "loop",
      );
    });
  });

  it("is SELECT on the key alone if rows that conflict are ignored", async () => {
    await inBareDatabase(async (owner, role, roleName) => {
      await owner.query(`CREATE TABLE people (id int4 PRIMARY KEY, name text);
        GRANT INSERT ON people TO ${roleName}; GRANT USAGE ON LANGUAGE plpgsql TO ${roleName};
        GRANT ${TEMPORARY} ${roleName} TO ${roleName}`);
      const options = { onConflict: { update: "nothing" } } as const;
      const error = await missing(role, "people", options);
      assert.deepEqual(error.differences, [
        'this role has no SELECT privilege on the columns "id", which onConflict needs',
      ]);
      await owner.query(error.ddl);
      const { insertStatement, plan } = await findWithPlan(role, "people", options);
      assert.equal(plan.form, "merge");
      await role.query(insertStatement, [1, "a"]);
      await role.query(insertStatement, [1, "b"]);
      const { rows } = await owner.query("SELECT * FROM people");
      assert.deepEqual(rows, [{ id: 1, name: "a" }]);
    });
  });

  it("is TEMPORARY and USAGE of plpgsql for row-level security, without onConflict", async () => {
    await inBareDatabase(async (owner, role, roleName) => {
      await owner.query(`CREATE TABLE guarded (id int4 PRIMARY KEY); GRANT INSERT ON guarded TO ${roleName};
        ALTER TABLE guarded ENABLE ROW LEVEL SECURITY; CREATE POLICY few ON guarded USING (id < 5)`);
      const error = await missing(role, "guarded");
      assert.equal(error.differences.length, 2);
      await owner.query(error.ddl);
      const { plan } = await findWithPlan(role, "guarded");
      assert.equal(plan.form, "stage");
      assert.deepEqual(plan.reasons, ["row-level security is active for this role"]);
      await owner.query(`GRANT SELECT, UPDATE ON guarded TO ${roleName}`);
      const upsert = await findWithPlan(role, "guarded", { onConflict: { update: "nothing" } });
      assert.equal(upsert.plan.form, "loop");
      assert.equal((await findWithPlan(owner, "guarded")).plan.form, "copy");
    });
  });
});
