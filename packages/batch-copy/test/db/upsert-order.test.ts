import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import { CopierGroup } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { openUpsert } from "../helpers/upserting.js";

const db = useDatabase();
const UPSERT = { onConflict: { update: "all" } } as const;

/** Creates a table whose row 13 takes half a second and is then rejected, and returns its name. */
async function createSlow(name: string): Promise<string> {
  const qualified = `${db.schema}.${name}`;
  await db.pool.query(`CREATE TABLE ${qualified} (id int PRIMARY KEY, n int);
    CREATE FUNCTION ${qualified}_f() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF NEW.n = 13 THEN PERFORM pg_sleep(0.5); RAISE 'no'; END IF; RETURN NEW; END $$;
    CREATE TRIGGER t BEFORE INSERT ON ${qualified} FOR EACH ROW EXECUTE FUNCTION ${qualified}_f()`);
  return qualified;
}

/** Ends the one backend of this application that waits for this. */
async function terminate(application: string, event: string): Promise<void> {
  await eventually(async () => {
    const ended = await db.rows(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = $1 AND wait_event = $2 AND state = 'active' AND query LIKE '%COPY pg_temp%'`,
      [application, event],
    );
    return ended.length === 1;
  }, `a backend waited for ${event}`);
}

function named(application: string): string {
  const url = new URL(db.url);
  url.searchParams.set("application_name", application);
  return url.href;
}

describe("upserts in order", () => {
  it("go on after rejected rows, whatever the number of connections of a group", async () => {
    for (const connections of [1, 2, 3]) {
      const group = await CopierGroup.connect({
        databaseUrl: db.url,
        connections,
        onReject: () => {},
      });
      const name = `${db.schema}.rejecting_${connections}`;
      await db.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY, n int CHECK (n % 10 <> 3))`);
      const copier = await group.copier<{ id: number; n: number }>(name, {
        ...UPSERT,
        maxBatchRows: 2,
      });
      for (let n = 0; n <= 200; n++) {
        await copier.send({ id: 1, n });
      }
      const flushed = copier.flush();
      await group.close({ timeoutMs: 10_000 });
      await flushed;
      assert.deepEqual(await db.rows(`SELECT * FROM ${name}`), [{ id: 1, n: 200 }]);
    }
  });

  it("go on if a batch has failed before its turn, and the one before it was rejected", async () => {
    const application = `order_a_${process.pid}`;
    const group = await CopierGroup.connect({
      databaseUrl: named(application),
      connections: 4,
      retry: { minDelayMs: 1000, maxDelayMs: 1000 },
      onReject: () => {},
    });
    const name = await createSlow("failed_early");
    const copier = await group.copier<{ id: number; n: number }>(name, UPSERT);
    await copier.send({ id: 1, n: 13 });
    const flushes = [copier.flush()];
    await sleep(100);
    await copier.send({ id: 2, n: 2 });
    flushes.push(copier.flush());
    await terminate(application, "ClientRead");
    await copier.send({ id: 2, n: 3 });
    flushes.push(copier.flush());
    await group.close({ timeoutMs: 10_000 });
    await Promise.all(flushes);
    assert.deepEqual(await db.rows(`SELECT * FROM ${name}`), [{ id: 2, n: 3 }]);
  });

  it("go on if the first batch fails while the next one waits for a connection", async () => {
    const application = `order_b_${process.pid}`;
    const pool = new Pool({ connectionString: named(application), max: 4 });
    const group = await CopierGroup.connect({
      databaseUrl: undefined,
      pool,
      retry: { minDelayMs: 500, maxDelayMs: 500 },
      onReject: () => {},
    });
    const name = await createSlow("slow_connection");
    const copier = await group.copier<{ id: number; n: number }>(name, UPSERT);
    await copier.send({ id: 1, n: 13 });
    const flushes = [copier.flush()];
    await sleep(100);
    const connect = pool.connect.bind(pool) as (...args: unknown[]) => void;
    Object.assign(pool, { connect: (...args: unknown[]) => setTimeout(connect, 300, ...args) });
    await copier.send({ id: 2, n: 2 });
    flushes.push(copier.flush());
    await terminate(application, "PgSleep");
    await group.close({ timeoutMs: 10_000 });
    await Promise.all(flushes);
    await pool.end();
    assert.deepEqual(await db.rows(`SELECT * FROM ${name}`), [{ id: 2, n: 2 }]);
  });

  for (const level of ["read committed", "repeatable read", "serializable"]) {
    it(`see the rows of batches before their own, and do not fail: ${level}`, async () => {
      const url = new URL(db.url);
      url.searchParams.set(
        "options",
        `-c default_transaction_isolation=${level.replace(" ", "\\ ")}`,
      );
      const { name, copier } = await openUpsert(
        db,
        "id int PRIMARY KEY, n int, seen int",
        { databaseUrl: url.href, connections: 3, columns: ["id", "n"], maxBatchRows: 5, ...UPSERT },
        `CREATE FUNCTION $t_f() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.seen := (SELECT count(*) FROM $t); RETURN NEW; END $$;
         CREATE TRIGGER t BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_f()`,
      );
      for (let id = 0; id < 100; id++) {
        await copier.send({ id, n: 0 });
      }
      for (let n = 1; n <= 100; n++) {
        await copier.send({ id: 0, n });
      }
      await copier.close();
      assert.deepEqual(await db.rows(`SELECT * FROM ${name} WHERE id > 0 AND seen <> id`), []);
      assert.deepEqual(await db.rows(`SELECT n FROM ${name} WHERE id = 0`), [{ n: 100 }]);
      assert.equal(copier.stats.retries, 0);
    });
  }
});
