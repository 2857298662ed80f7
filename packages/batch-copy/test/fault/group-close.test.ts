import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import { ClosedError, CopierGroup, int4, UndeliveredError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";

const TIMEOUT_MS = 100;
/** More than that is too late. */
const LATE_MS = 1500;
/** What must not be waited for. */
const LONG_MS = 20_000;

const db = useDatabase();
const resources: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of resources.splice(0).toReversed()) {
    await resource[Symbol.asyncDispose]();
  }
});

let tables = 0;

/** Creates a table; returns its qualified name. */
async function newTable(): Promise<string> {
  const name = `closing_${tables++}`;
  await db.create(name, { id: int4 });
  return `${db.schema}.${name}`;
}

async function startProxy(): Promise<FaultProxy> {
  const proxy = await FaultProxy.start();
  resources.push(proxy);
  return proxy;
}

function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 2 });
  pool.on("error", () => {});
  resources.push({ [Symbol.asyncDispose]: () => pool.end() });
  return pool;
}

async function assertInTime(work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  assert.ok(took < LATE_MS, `took ${took} ms`);
}

describe("close({ timeoutMs }) in a group ends in time while", () => {
  it("a table is being opened over a given pool, and the server says nothing", async () => {
    const name = await newTable();
    const proxy = await startProxy();
    const pool = openPool(proxy.url);
    const group = await CopierGroup.connect({ pool, connectTimeoutMs: LONG_MS });
    proxy.strike("stall");
    const refused = assert.rejects(group.send(name, { id: 1 }), { code: "CONNECT_FAILED" });
    await sleep(50);
    await assertInTime(() => group.close({ timeoutMs: TIMEOUT_MS }));
    await refused;
    await assert.rejects(group.send(name, { id: 1 }), ClosedError);
  });

  it("one table is closed whose connection was lost, and nobody can be asked about its backend", async () => {
    const names = [await newTable(), await newTable()];
    const proxy = await startProxy();
    const group = await CopierGroup.connect({ databaseUrl: proxy.url, connectTimeoutMs: LONG_MS });
    const copiers = await Promise.all(names.map((name) => group.copier(name)));
    const blocker = await db.pool.connect();
    await blocker.query(`BEGIN; LOCK TABLE ${names[0]}`);
    await copiers[0]!.send({ id: 1 });
    void copiers[0]!.flush().catch(() => {});
    await sleep(300);
    const { connections } = proxy;
    proxy.plan(() => ({ at: { direction: "toServer", byte: 0 }, fault: "stall" }));
    proxy.strike("cut");
    await eventually(() => proxy.connections > connections, "a connection is tried");
    await assertInTime(() =>
      assert.rejects(copiers[0]!.close({ timeoutMs: TIMEOUT_MS }), UndeliveredError),
    );
    await blocker.query("ROLLBACK");
    blocker.release();
    await copiers[1]!.send({ id: 1 });
    await assertInTime(() =>
      assert.rejects(group.close({ timeoutMs: TIMEOUT_MS }), UndeliveredError),
    );
  });
});
