import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import {
  Copier,
  UndeliveredError,
  type Rejection,
  type RowsRejectedError,
} from "../../dist/index.js";
import { databaseUrl, useDatabase, type OpenedCopier } from "../helpers/database.js";
import { numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

function openOver(pool: object, onReject?: (rejection: Rejection) => void): Promise<OpenedCopier> {
  return db.openCopier({
    databaseUrl: undefined,
    pool: pool as Pool,
    // No batch is due before it is flushed.
    flushIntervalMs: 60_000,
    ...(onReject === undefined ? {} : { onReject }),
  });
}

function assertUndelivered(error: unknown): void {
  assert.ok(error instanceof UndeliveredError, String(error));
  assert.match((error.cause as Error).message, /the pool was ended/);
}

/** A pool that shows only `connect`, as a wrapper of one may. */
function facade(pool: Pool): object {
  return { connect: pool.connect.bind(pool) };
}

describe("a copier whose pool was ended", () => {
  it("hands rows back by onReject, at once", async () => {
    const pool = new Pool({ connectionString: databaseUrl });
    const rejections: Rejection[] = [];
    const { copier } = await openOver(pool, (rejection) => rejections.push(rejection));
    await copier.sendMany([numberedRow(0), numberedRow(1)]);
    await pool.end();
    await copier.close();
    assert.deepEqual(
      rejections.map(({ row }) => row),
      [numberedRow(0), numberedRow(1)],
    );
    rejections.forEach(({ error }) => assertUndelivered(error));
    assert.equal(copier.stats.retries, 0);
  });

  for (const [name, wrap] of [
    ["", (pool: Pool): object => pool],
    [" that hides its state", facade],
  ] as const) {
    it(`and close() at the same time reject with the rows, over a pool${name}`, async () => {
      const pool = new Pool({ connectionString: databaseUrl });
      const { copier } = await openOver(wrap(pool));
      await copier.sendMany([numberedRow(0), numberedRow(1)]);
      const ended = pool.end();
      await assert.rejects(copier.close(), (error: RowsRejectedError) => {
        assert.equal(error.count, 2);
        const [rejection] = error.rejections;
        assert.ok(rejection?.error instanceof UndeliveredError);
        return true;
      });
      await ended;
    });
  }

  it("rejects insert()", async () => {
    const pool = new Pool({ connectionString: databaseUrl });
    const { copier } = await openOver(pool);
    await pool.end();
    await assert.rejects(copier.insert(numberedRow(0)), (error: Error) => {
      assertUndelivered(error);
      return true;
    });
    await copier.close();
  });

  for (const [name, use] of [
    ["a batch", (copier) => copier.insert(numberedRow(0))],
    ["a connect", (_, pool) => Copier.connect("anything", { pool, connectTimeoutMs: 100 })],
  ] as [string, (copier: OpenedCopier["copier"], pool: Pool) => Promise<unknown>][]) {
    it(`soon ends the wait of ${name} for a client that the pool will never give`, async () => {
      const pool = new Pool({ connectionString: databaseUrl, max: 1 });
      const { copier } = await db.openCopier({
        databaseUrl: undefined,
        pool,
        connectTimeoutMs: 100,
        connections: 1,
      });
      const client = await pool.connect();
      const start = Date.now();
      const waiting = assert.rejects(use(copier, pool), /the pool was ended/);
      const ended = pool.end();
      await waiting;
      assert.ok(Date.now() - start < 2000, `after ${Date.now() - start} ms`);
      client.release();
      await ended;
      await copier.close();
    });
  }
});
