import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import { CopierGroup, SchemaMismatchError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { openUpsert } from "../helpers/upserting.js";

const db = useDatabase();
const COLUMNS = "id int PRIMARY KEY, n int";

/** The names of the stages of all sessions that the application name has. */
async function stagesOf(applicationName: string): Promise<string[]> {
  const rows = await db.rows<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c, pg_stat_get_backend_idset() AS id
     WHERE relname LIKE 'batch\\_copy\\_%' AND relkind = 'r' AND relnamespace = to_regnamespace('pg_temp_' || id)
       AND pg_stat_get_backend_pid(id) IN
         (SELECT pid FROM pg_stat_activity WHERE application_name = $1)`,
    [applicationName],
  );
  return rows.map(({ name }) => name);
}

function named(application: string): string {
  const url = new URL(db.url);
  url.searchParams.set("application_name", application);
  return url.href;
}

describe("stages", () => {
  for (const update of ["all", ["n"]] as const) {
    it(`leave nothing behind in a given pool of one client: update ${String(update)}`, async () => {
      const pool = new Pool({ connectionString: db.url, max: 1 });
      const { copier, found } = await openUpsert(db, `${COLUMNS} CHECK (n <> 13)`, () => ({
        databaseUrl: undefined,
        pool,
        onConflict: { update },
      }));
      const rows = [1, 2, 13, 3].map((n) => ({ id: 1, n }));
      await copier.sendMany(rows);
      await copier.flush().catch(() => {});
      const count = "SELECT count(*)::int AS n FROM pg_class WHERE relname LIKE 'batch\\_copy\\_%'";
      const { rows: left } = await pool.query<{ n: number }>(
        `${count} AND relnamespace = pg_my_temp_schema()`,
      );
      assert.deepEqual(left, [{ n: 0 }]);
      await copier.sendMany(rows);
      await copier.close();
      await pool.end();
      assert.deepEqual(await found(), [{ id: 1, n: 3 }]);
    });
  }

  it("are kept by a connection of our own, at most four, and those that were used last", async () => {
    const application = `stages_${process.pid}`;
    await using group = await CopierGroup.connect({
      databaseUrl: named(application),
      connections: 1,
    });
    const names: string[] = [];
    for (let n = 0; n < 7; n++) {
      const name = `${db.schema}.staged_${n}`;
      await db.pool.query(`CREATE TABLE ${name} (${COLUMNS})`);
      names.push(name);
      await group.copier(name, { onConflict: { update: "all" } });
    }
    for (let round = 0; round < 3; round++) {
      for (const name of [...names, names[0]!]) {
        await group.insert(name, { id: 1, n: round });
        await group.insert(name, { id: 1, n: round });
      }
    }
    const stages = await stagesOf(application);
    const [oids] = await db.rows<{ names: string[] }>(
      "SELECT array_agg('batch_copy_' || t::regclass::oid ORDER BY n) AS names FROM unnest($1::text[]) WITH ORDINALITY AS a (t, n)",
      [[...names.slice(4), names[0]]],
    );
    assert.deepEqual(stages.toSorted(), oids!.names.toSorted());
    const found = await Promise.all(names.map((name) => db.rows(`SELECT * FROM ${name}`)));
    assert.deepEqual(
      found,
      names.map(() => [{ id: 1, n: 2 }]),
    );
  });

  it("are made again after a reconnect", async () => {
    await using proxy = await FaultProxy.start();
    const { copier, found } = await openUpsert(db, COLUMNS, {
      databaseUrl: proxy.url,
      connections: 1,
      onConflict: { update: "all" },
    });
    for (let n = 0; n < 4; n++) {
      await copier.insert({ id: 1, n });
      proxy.strike("cut");
    }
    await copier.close();
    assert.deepEqual(await found(), [{ id: 1, n: 3 }]);
  });

  it("are made again when one has lost a column with its collation", async () => {
    const collation = `${db.schema}.own`;
    const create = `CREATE COLLATION ${collation} (provider = icu, locale = 'de')`;
    await db.pool.query(create);
    const { name, copier, found } = await openUpsert(
      db,
      `id int PRIMARY KEY, note text COLLATE ${collation}`,
      { connections: 1, onConflict: { update: "all" } },
    );
    await copier.insert({ id: 1, note: "a" });
    await db.pool.query(`BEGIN; ALTER TABLE ${name} ALTER note TYPE text COLLATE "C";
      DROP COLLATION ${collation} CASCADE; ${create};
      ALTER TABLE ${name} ALTER note TYPE text COLLATE ${collation}; COMMIT`);
    await copier.insert({ id: 1, note: "b" });
    await copier.insert({ id: 2, note: "c" });
    await copier.close();
    assert.deepEqual(await found("ORDER BY id"), [
      { id: 1, note: "b" },
      { id: 2, note: "c" },
    ]);
  });

  it("do not keep a migration from dropping a type", async () => {
    const type = `${db.schema}.mood`;
    await db.pool.query(`CREATE TYPE ${type} AS ENUM ('bad')`);
    for (const column of [type, `${type}[]`]) {
      const { name, copier, found } = await openUpsert(db, `id int PRIMARY KEY, mood text`, {
        connections: 1,
        onConflict: { update: "all" },
      });
      await copier.insert({ id: 1, mood: null });
      await db.pool.query(`ALTER TABLE ${name} ALTER mood TYPE ${column} USING NULL`);
      await copier.insert({ id: 1, mood: null });
      await copier.close();
      const opened = await openUpsert(db, `id int PRIMARY KEY, mood ${column}`, {
        connections: 1,
        onConflict: { update: "all" },
      });
      await opened.copier.insert({ id: 1, mood: null });
      await db.pool.query(`ALTER TABLE ${name} DROP mood; ALTER TABLE ${opened.name} DROP mood;
        DROP TYPE ${type}; CREATE TYPE ${type} AS ENUM ('good')`);
      await opened.copier.close();
      assert.deepEqual(await found(), [{ id: 1 }]);
    }
  });

  it("are nothing that a row is rejected for, if an event trigger forbids them", async () => {
    const application = `forbidden_${process.pid}`;
    const name = `forbidden_${process.pid}`;
    await db.pool
      .query(`CREATE FUNCTION ${db.schema}.forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$
        BEGIN IF current_setting('application_name') = '${application}' THEN RAISE 'no DDL'; END IF; END $$;
      CREATE EVENT TRIGGER ${name} ON ddl_command_start EXECUTE FUNCTION ${db.schema}.forbid()`);
    const { copier, rejections, found } = await openUpsert(db, COLUMNS, {
      databaseUrl: named(application),
      onConflict: { update: "all" },
    });
    try {
      await copier.sendMany([
        { id: 1, n: 1 },
        { id: 2, n: 2 },
      ]);
      void copier.flush();
      await eventually(() => copier.stats.retries > 2, "the batch was retried");
    } finally {
      await db.pool.query(`DROP EVENT TRIGGER ${name}`);
    }
    await copier.close();
    assert.deepEqual(rejections, []);
    assert.equal((await found()).length, 2);
  });

  it("need the privilege to make temporary tables, which connect() names", async () => {
    const role = `stageless_${process.pid}`;
    const database = `stageless_${process.pid}`;
    await db.pool.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    await db.pool.query(`CREATE DATABASE ${database}`);
    await db.pool.query(`REVOKE TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
    const url = new URL(db.url);
    url.pathname = `/${database}`;
    const owner = new Pool({ connectionString: url.href, max: 1 });
    await owner.query(`CREATE TABLE t (${COLUMNS}); GRANT ALL ON t TO ${role}`);
    await owner.end();
    Object.assign(url, { username: role, password: "x" });
    const group = await CopierGroup.connect({ databaseUrl: url.href });
    await assert.rejects(group.copier("t", { onConflict: { update: "all" } }), (error: Error) => {
      assert.ok(error instanceof SchemaMismatchError);
      assert.match(error.message, /TEMPORARY/);
      return true;
    });
    // The group remembers for a second that it could not be opened.
    await sleep(1100);
    await (await group.copier<{ id: number; n: number }>("t")).insert({ id: 1, n: 1 });
    await group.close();
    await db.pool.query(`DROP DATABASE ${database} WITH (FORCE)`);
    await db.pool.query(`DROP ROLE ${role}`);
  });
});
