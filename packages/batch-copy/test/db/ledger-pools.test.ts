import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { Pool, type PoolClient } from "pg";

import type { Copier } from "../../dist/index.js";
import { useDatabase, type OpenedCopier } from "../helpers/database.js";

const db = useDatabase();
const table = `${db.schema}.ledger`;
const pools: Pool[] = [];
after(() => Promise.all(pools.map((pool) => pool.end())));

type Connect = () => Promise<PoolClient>;

/** A pool whose `connect` is wrapped. */
function openPool(wrap: (connect: Connect) => Connect = (connect) => connect): Pool {
  const pool = new Pool({ connectionString: db.url, max: 2 });
  pools.push(pool);
  return Object.assign(pool, { connect: wrap(pool.connect.bind(pool) as Connect) });
}

/** Opens a copier that makes no second attempt. */
function openOver(pool: Pool): Promise<OpenedCopier> {
  const retry = { timeoutMs: 0 };
  return db.openCopier({ databaseUrl: undefined, pool, ledger: { table }, retry });
}

describe("with a ledger, over a pool of the user's", () => {
  /** Inserts rows one after the other. No attempt may fail: that would end the rows. */
  async function insertAll(
    copiers: readonly Copier<{ id: number; note: string }>[],
  ): Promise<void> {
    for (let id = 0; id < 10; id++) {
      await copiers[id % copiers.length]!.insert({ id, note: "" });
    }
    for (const copier of copiers) {
      assert.equal(copier.stats.retries, 0);
      await copier.close();
    }
  }

  it("sessions may be reset between batches", async () => {
    const pool = openPool((connect) => async () => {
      const client = await connect();
      await client.query("DISCARD ALL");
      return client;
    });
    const { copier } = await openOver(pool);
    await insertAll([copier]);
  });

  it("several copiers share sessions", async () => {
    const pool = openPool();
    const opened = [await openOver(pool), await openOver(pool)];
    await insertAll(opened.map(({ copier }) => copier));
  });

  it("clients may be other objects each time", async () => {
    const pool = openPool((connect) => async () => {
      const client = await connect();
      return new Proxy(client, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    });
    const { copier } = await openOver(pool);
    await insertAll([copier]);
  });
});
