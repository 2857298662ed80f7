import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Client, Pool, type PoolClient, type PoolConfig } from "pg";

import { ConnectError, Copier, int4, text, UndeliveredError } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";
import { startSilentServer } from "../helpers/silent-server.js";

const db = useDatabase();

/** A pool all of whose clients are held by the application. */
interface HeldPool extends AsyncDisposable {
  readonly pool: Pool;
  release(): void;
}

async function heldPool(max: number, options: PoolConfig = {}): Promise<HeldPool> {
  const pool = new Pool({ connectionString: databaseUrl, max, ...options });
  const clients: PoolClient[] = [];
  while (clients.length < max) {
    clients.push(await pool.connect());
  }
  const release = (): void => clients.splice(0).forEach((client) => client.release());
  return {
    pool,
    release,
    async [Symbol.asyncDispose]() {
      release();
      await pool.end();
    },
  };
}

/** Much shorter than clients are held here. */
const connectTimeoutMs = 100;
const HELD_MS = 1000;

describe("a pool whose clients are all in use", () => {
  it("does not fail a connect, however short connectTimeoutMs is", async () => {
    await using held = await heldPool(2);
    const definition = await db.create("waits", { id: int4, note: text });
    setTimeout(() => held.release(), HELD_MS);
    const start = Date.now();
    const copier = await Copier.connect(definition, { pool: held.pool, connectTimeoutMs });
    assert.ok(Date.now() - start >= HELD_MS - 50, "it waited");
    await copier.insert(numberedRow(0));
    await copier.close();
    await assertNumberedRows(db, "waits", 1);
  });

  it("takes back clients for thousands of calls that have given up", async () => {
    await using held = await heldPool(1);
    const options = { pool: held.pool, poolTimeoutMs: 100, connectTimeoutMs };
    const calls = await Promise.allSettled(
      Array.from({ length: 5000 }, () => Copier.connect("nowhere", options)),
    );
    assert.ok(calls.every(({ status }) => status === "rejected"));
    held.release();
    // A stack that overflows is an uncaught exception.
    const { rows } = await held.pool.query("SELECT 1 AS one");
    assert.deepEqual(rows, [{ one: 1 }]);
  });

  it("with the defaults costs a batch no attempt in three seconds", async () => {
    const definition = await db.create("batch_waits", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 2 });
    const copier = await Copier.connect(definition, { pool });
    const clients = [await pool.connect(), await pool.connect()];
    const inserted = copier.insert(numberedRow(0));
    await sleep(3000);
    assert.equal(copier.stats.rowsCommitted, 0);
    clients.forEach((client) => client.release());
    await inserted;
    assert.equal(copier.stats.retries, 0);
    await copier.close();
    await pool.end();
    await assertNumberedRows(db, "batch_waits", 1);
  });

  for (const [max, clients] of [
    [1, "the only client of the pool is"],
    [2, "all 2 clients of the pool are"],
  ] as const) {
    it(`for poolTimeoutMs is a ConnectError that says so, of ${max}; the client that comes later goes back`, async () => {
      await using held = await heldPool(max);
      const start = Date.now();
      const connecting = Copier.connect("anything", {
        pool: held.pool,
        poolTimeoutMs: 300,
        connectTimeoutMs,
      });
      await assert.rejects(connecting, (error: Error) => {
        assert.ok(error instanceof ConnectError, String(error));
        assert.equal(
          error.message,
          `no free client within 300 ms (poolTimeoutMs): ${clients} in use`,
        );
        return true;
      });
      const waited = Date.now() - start;
      assert.ok(waited >= 290 && waited < 1300, `after ${waited} ms`);
      held.release();
      await eventually(() => held.pool.idleCount === max, "all clients are free");
    });
  }

  it("for poolTimeoutMs is a failed attempt of a batch", async () => {
    const definition = await db.create("batch_fails", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const copier = await Copier.connect(definition, {
      pool,
      poolTimeoutMs: 200,
      retry: { timeoutMs: 0 },
    });
    const client = await pool.connect();
    await assert.rejects(copier.insert(numberedRow(0)), (error: UndeliveredError) => {
      assert.ok(error instanceof UndeliveredError);
      assert.match(
        (error.cause as Error).message,
        /no free client within 200 ms \(poolTimeoutMs\)/,
      );
      return true;
    });
    client.release();
    await copier.close();
    await pool.end();
  });

  it("is waited for also if it was in use before there was a copier, and one is lost meanwhile", async () => {
    await using held = await heldPool(2);
    const definition = await db.create("lost_meanwhile", { id: int4, note: text });
    const connecting = Copier.connect(definition, { pool: held.pool, connectTimeoutMs });
    await sleep(3 * connectTimeoutMs);
    held.release();
    await (await connecting).close();
  });

  it("does not hold up close({ timeoutMs }), nor the process by a timer", async () => {
    const definition = await db.create("closes", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const copier = await Copier.connect(definition, { pool });
    const client = await pool.connect();
    const inserted = assert.rejects(copier.insert(numberedRow(0)), { code: "UNDELIVERED" });
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    await sleep(50);
    const before = timers();
    const start = Date.now();
    await copier.close({ timeoutMs: 50 });
    await inserted;
    assert.ok(Date.now() - start < 1000, `after ${Date.now() - start} ms`);
    assert.ok(timers() < before, `${before} timers before, ${timers()} after`);
    client.release();
    await pool.end();
  });
});

describe("a pool of two clients", () => {
  it("lets 500 copiers connect at once", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 2 });
    await db.create("shared_by_all", { id: int4, note: text });
    const name = `${db.schema}.shared_by_all`;
    const copiers = await Promise.all(
      Array.from({ length: 500 }, () => Copier.connect(name, { pool, connectTimeoutMs: 1000 })),
    );
    await Promise.all(copiers.map((copier, id) => copier.insert(numberedRow(id))));
    assert.deepEqual(
      copiers.filter(({ stats }) => stats.retries > 0),
      [],
    );
    await Promise.all(copiers.map((copier) => copier.close()));
    await pool.end();
    await assertNumberedRows(db, "shared_by_all", 500);
  });

  it("opens each client anew and still serves many copiers", async () => {
    const pool = new Pool({ connectionString: databaseUrl, max: 2, maxUses: 1 });
    await db.create("always_new", { id: int4, note: text });
    const name = `${db.schema}.always_new`;
    const copiers = await Promise.all(
      Array.from({ length: 50 }, () => Copier.connect(name, { pool, connectTimeoutMs: 1000 })),
    );
    await Promise.all(copiers.map((copier) => copier.close()));
    await pool.end();
  });

  it("gets no more COPYs at once than it has clients, so that a batch does not wait for its own copier", async () => {
    const definition = await db.create("two_lanes", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 2 });
    const copier = await Copier.connect(definition, { pool, connections: 8, maxBatchRows: 10 });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.two_lanes`);
    await copier.sendMany(Array.from({ length: 100 }, (_, id) => numberedRow(id)));
    await sleep(200);
    assert.deepEqual([pool.totalCount, pool.waitingCount], [2, 0]);
    await client.query("COMMIT");
    client.release();
    await copier.close();
    await pool.end();
    await assertNumberedRows(db, "two_lanes", 100);
  });
});

describe("a pool whose server never answers", () => {
  it("fails in connectTimeoutMs, also when it is full of clients that are connecting", async () => {
    const server = await startSilentServer();
    const pool = new Pool({ connectionString: server.url, max: 2 });
    for (let attempt = 0; attempt < 4; attempt++) {
      const start = Date.now();
      await assert.rejects(Copier.connect("anything", { pool, connectTimeoutMs }), {
        code: "CONNECT_FAILED",
        message: "no connection within 100 ms (connectTimeoutMs)",
      });
      assert.ok(Date.now() - start < 1000, `after ${Date.now() - start} ms`);
    }
    assert.deepEqual([pool.totalCount, pool.waitingCount], [2, 2]);
    await server.close();
    await pool.end();
  });

  it("fails in connectTimeoutMs although other clients are in use, if it opens one for this call", async () => {
    const server = await startSilentServer();
    let opened = 0;
    class LaterSilent extends Client {
      constructor() {
        super({ connectionString: opened++ === 0 ? databaseUrl : server.url });
      }
    }
    const pool = new Pool({ max: 2, Client: LaterSilent });
    const client = await pool.connect();
    const options = { pool, connectTimeoutMs, poolTimeoutMs: 5000 };
    const start = Date.now();
    await assert.rejects(Copier.connect("anything", options), {
      message: "no connection within 100 ms (connectTimeoutMs)",
    });
    assert.ok(Date.now() - start < 1000, `after ${Date.now() - start} ms`);
    client.release();
    await server.close();
    await pool.end();
  });

  it("fails in connectTimeoutMs if the pool shows nothing of itself", async () => {
    await using held = await heldPool(1);
    const facade = { connect: held.pool.connect.bind(held.pool) };
    await assert.rejects(Copier.connect("anything", { pool: facade, connectTimeoutMs }), {
      message: "no connection within 100 ms (connectTimeoutMs)",
    });
  });
});

describe("a pool that loses a call", () => {
  it("costs one attempt, however busy it is with the calls of others", async () => {
    const definition = await db.create("lost_call", { id: int4, note: text });
    const pool = new Pool({ connectionString: databaseUrl, max: 3 });
    const copier = await Copier.connect(definition, {
      pool,
      connectTimeoutMs,
      poolTimeoutMs: 300,
      connections: 1,
    });
    const connect = pool.connect.bind(pool);
    pool.connect = (() => {
      pool.connect = connect;
    }) as never;
    const inserted = copier.insert(numberedRow(0), { timeoutMs: 5000 });
    const others = setInterval(() => void pool.query("SELECT"), 20);
    try {
      await inserted;
    } finally {
      clearInterval(others);
    }
    assert.equal(copier.stats.retries, 1);
    await copier.close();
    await pool.end();
  });
});
