import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { Pool } from "pg";

import { CopierGroup, type CopierGroupOptions } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { groupTables, lockTable } from "../helpers/group-tables.js";

const db = useDatabase();
/** For the sessions that hold locks. */
const lockers = new Pool({ connectionString: databaseUrl, max: 10 });
after(() => lockers.end());

const { connect, newTable, newTables, idsIn } = groupTables(db);

/** Runs the work while the tables are locked. */
async function whileLocked(names: readonly string[], work: () => Promise<void>): Promise<void> {
  const releases = await Promise.all(names.map((name) => lockTable(lockers, name)));
  try {
    await work();
  } finally {
    await Promise.all(releases.map((release) => release()));
  }
}

/** The longest of a number of inserts, one after the other, in milliseconds. */
async function slowestInsert(group: CopierGroup, name: string, count: number): Promise<number> {
  let slowest = 0;
  for (let id = 0; id < count; id++) {
    const start = performance.now();
    await group.insert(name, { id });
    slowest = Math.max(slowest, performance.now() - start);
  }
  return slowest;
}

/** Sends rows to a table as fast as it takes them, until the group is closed. */
async function flood(group: CopierGroup, name: string): Promise<void> {
  const note = "x".repeat(1000);
  try {
    for (let id = 0; ; id++) {
      await group.send(name, { id, note });
    }
  } catch {
    // Closed.
  }
}

/** Runs the work with a group whose rows are given up in the end. */
async function withGroup(
  options: CopierGroupOptions,
  work: (group: CopierGroup) => Promise<void>,
): Promise<void> {
  const group = await connect(options);
  try {
    await work(group);
  } finally {
    await group.close({ timeoutMs: 1 }).catch(() => {});
  }
}

describe("a table that stands still", () => {
  it("does not hold up another one, of which it takes neither the last lane nor the room", async () => {
    const [locked, healthy] = await newTables(2);
    await withGroup({ connections: 2, maxBufferedBytes: 1024 * 1024 }, async (group) => {
      await group.insert(healthy!, { id: -1 });
      await group.copier(locked!);
      await whileLocked([locked!], async () => {
        void flood(group, locked!);
        await eventually(() => group.stats.bytesWaiting > 0, "the locked table has its share");
        const slowest = await slowestInsert(group, healthy!, 200);
        assert.ok(slowest < 500, `an insert took ${slowest} ms`);
        assert.ok(group.stats.bytesBuffered < 0.6 * 1024 * 1024);
      });
    });
  });

  it("lets another one in after a second if there is one connection, and keeps its order", async () => {
    const [locked, healthy] = await newTables(2);
    await using group = await connect({ connections: 1, maxBatchRows: 10 });
    await group.copier(healthy!);
    await group.copier(locked!);
    await whileLocked([locked!], async () => {
      for (let id = 0; id < 100; id++) {
        await group.send(locked!, { id });
      }
      await eventually(async () => (await waitingForLock(locked!)) > 0, "a COPY waits");
      const slowest = await slowestInsert(group, healthy!, 3);
      assert.ok(slowest < 2000, `an insert took ${slowest} ms`);
    });
    await group.flush();
    assert.deepEqual(
      await idsIn(locked!),
      Array.from({ length: 100 }, (_, id) => id),
    );
    assert.ok(group.stats.retries > 0, "it has given way at least once");
  });

  it("lets a healthy table in after one of many locked ones if there is one connection", async () => {
    const names = await newTables(6);
    const healthy = names.pop()!;
    const retry = { minDelayMs: 1, maxDelayMs: 10 };
    await withGroup({ connections: 1, retry }, async (group) => {
      await Promise.all([...names, healthy].map((name) => group.copier(name)));
      await whileLocked(names, async () => {
        await Promise.all(names.map((name) => group.send(name, { id: 1 })));
        await eventually(() => group.stats.retries >= names.length, "all have given way", 10);
        const slowest = await slowestInsert(group, healthy, 3);
        assert.ok(slowest < 2500, `an insert took ${slowest} ms`);
      });
    });
  });

  it("lets a seventh commit within two seconds if six are locked and there are four lanes", async () => {
    const names = await newTables(7);
    const healthy = names.pop()!;
    await withGroup({ connections: 4 }, async (group) => {
      await Promise.all([...names, healthy].map((name) => group.copier(name)));
      await whileLocked(names, async () => {
        names.forEach((name) => void flood(group, name));
        await eventually(async () => (await waitingForLock(names[0]!)) > 0, "a COPY waits");
        const start = performance.now();
        await group.insert(healthy, { id: 1 });
        const took = performance.now() - start;
        assert.ok(took < 2000, `it took ${took} ms`);
        // From now on it is known which tables stand still.
        const slowest = await slowestInsert(group, healthy, 100);
        assert.ok(slowest < 1000, `an insert took ${slowest} ms`);
      });
    });
  });

  it("never loses a row because it waits for a lock, also a lock on a key", async () => {
    const [name, other] = await newTables(2);
    await db.pool.query(`ALTER TABLE ${name} ADD PRIMARY KEY (id)`);
    await using group = await connect({ retry: { minDelayMs: 1, maxDelayMs: 10 } });
    await group.copier(other!);
    const client = await lockers.connect();
    await client.query(`BEGIN; INSERT INTO ${name} VALUES (5)`);
    const inserts = Array.from({ length: 10 }, (_, id) => group.insert(name!, { id }));
    await eventually(() => group.stats.retries >= 3, "it has given way three times", 10);
    assert.equal(group.stats.rowsRejected, 0);
    await client.query("ROLLBACK");
    client.release();
    await Promise.all(inserts);
    assert.equal((await idsIn(name!)).length, 10);
  });

  it("waits for a lock no longer than the session's own lock_timeout", async () => {
    const [name, other] = await newTables(2);
    const url = new URL(db.url);
    url.searchParams.set("options", "-c lock_timeout=50");
    const retry = { minDelayMs: 1, maxDelayMs: 1 };
    await withGroup({ databaseUrl: url.href, retry }, async (group) => {
      await group.copier(other!);
      await whileLocked([name!], async () => {
        await group.send(name!, { id: 1 });
        const start = performance.now();
        await eventually(() => group.stats.retries >= 5, "it has given way five times");
        assert.ok(performance.now() - start < 2000);
      });
    });
  });

  it("leaves the setting lock_timeout of the session as it was", async () => {
    const name = await newTable();
    const pool = new Pool({ connectionString: db.url, max: 1 });
    await using group = await CopierGroup.connect({ pool, connections: 1 });
    await group.insert(name, { id: 1 });
    const { rows } = await pool.query<{ lock_timeout: string }>("SHOW lock_timeout");
    assert.equal(rows[0]?.lock_timeout, "0");
    await group.close();
    await pool.end();
  });

  it("does not hold up another one by a trigger that takes its time", async () => {
    const [slow, healthy] = await newTables(2);
    await db.pool.query(`CREATE FUNCTION ${db.schema}.dawdle() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_sleep(1); RETURN NEW; END'`);
    await db.pool.query(`CREATE TRIGGER slow BEFORE INSERT ON ${slow} FOR EACH ROW
      EXECUTE FUNCTION ${db.schema}.dawdle()`);
    await withGroup({ connections: 3, maxBatchRows: 1 }, async (group) => {
      await group.insert(healthy!, { id: -1 });
      for (let id = 0; id < 20; id++) {
        await group.send(slow!, { id });
      }
      const slowest = await slowestInsert(group, healthy!, 50);
      assert.ok(slowest < 500, `an insert took ${slowest} ms`);
    });
  });

  it("does not hold up another one by rows that are refused one by one", async () => {
    const [poisoned, healthy] = await newTables(2);
    await db.pool.query(`ALTER TABLE ${poisoned} ADD CHECK (id < 0)`);
    await using group = await connect({ connections: 2, onReject: () => {} });
    await group.insert(healthy!, { id: -1 });
    const copier = await group.copier<{ id: number }>(poisoned!);
    await copier.sendMany(Array.from({ length: 300 }, (_, id) => ({ id })));
    const slowest = await slowestInsert(group, healthy!, 100);
    assert.ok(slowest < 500, `an insert took ${slowest} ms`);
    await group.flush();
    assert.equal(copier.stats.rowsRejected, 300);
  });

  it("does not hold up another one while an operator has to fix it", async () => {
    const [revoked, healthy] = await newTables(2);
    const retry = { minDelayMs: 1, maxDelayMs: 1 };
    await withGroup({ connections: 2, retry }, async (group) => {
      await group.insert(healthy!, { id: -1 });
      await group.copier(revoked!);
      await db.pool.query(`ALTER TABLE ${revoked} RENAME TO away`);
      for (let id = 0; id < 100; id++) {
        await group.send(revoked!, { id });
      }
      await eventually(() => group.stats.retries > 3, "its rows are held");
      const slowest = await slowestInsert(group, healthy!, 50);
      assert.ok(slowest < 500, `an insert took ${slowest} ms`);
    });
  });
});

describe("idle tables", () => {
  it("cost no connection, and opening them costs no more than the connections of the group", async () => {
    const names = await newTables(60);
    const url = new URL(db.url);
    url.searchParams.set("application_name", `idle_${db.schema}`);
    await using group = await connect({ databaseUrl: url.href, connections: 3 });
    await Promise.all(names.map((name) => group.copier(name)));
    const [found] = await db.rows<{ count: number }>(
      "SELECT count(*)::int FROM pg_stat_activity WHERE application_name = $1",
      [`idle_${db.schema}`],
    );
    assert.ok(found!.count <= 3, `${found!.count} connections`);
  });
});

/** How many sessions wait for a lock on the table. */
async function waitingForLock(name: string): Promise<number> {
  const [found] = await db.rows<{ count: number }>(
    "SELECT count(*)::int FROM pg_locks WHERE relation = $1::regclass AND NOT granted",
    [name],
  );
  return found!.count;
}
