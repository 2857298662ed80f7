// @ts-check

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { expectNoRejection, expectSame, goodRow, shell, within, withCopier } from "./check.mjs";

/**
 * @import { Check } from "./check.mjs"
 * @import { CitusCluster, Placement } from "./cluster.mjs"
 */

/** @type {readonly Placement[]} */
const PLACEMENTS = ["distributed", "reference"];

/** @type {Check[]} */
export const workerFaults = PLACEMENTS.flatMap((placement) => [
  {
    name: `${placement}: no row is refused when a worker restarts between two batches`,
    needs: ["restartWorker"],
    run: (cluster, { restartWorker }) =>
      restartBetweenBatches(cluster, placement, () => shell(restartWorker)),
  },
  {
    name: `${placement}: no row is refused, lost or doubled when a worker restarts under load`,
    needs: ["restartWorker"],
    run: (cluster, { restartWorker }) =>
      restartUnderLoad(cluster, placement, () => shell(restartWorker)),
  },
  {
    name: `${placement}: a full disk of a worker keeps the rows until there is room`,
    needs: ["fillDisk", "freeDisk"],
    run: (cluster, { fillDisk, freeDisk }) =>
      fullDisk(
        cluster,
        placement,
        () => shell(fillDisk),
        () => shell(freeDisk),
      ),
  },
  {
    name: `${placement}: a lock_timeout of a worker keeps the row until the lock is gone`,
    run: (cluster) => lockTimeout(cluster, placement),
  },
]);

/**
 * Citus keeps connections to the workers: each session learns of the restart by an error.
 * @param {CitusCluster} cluster
 * @param {Placement} placement
 * @param {() => Promise<void>} restart
 */
async function restartBetweenBatches(cluster, placement, restart) {
  const table = await cluster.createTable(placement);
  const ROUND = 200;
  for (const connections of [1, 4]) {
    const first = connections * 10_000;
    await withCopier(cluster.url, table, { connections, maxBatchRows: 20 }, async (copier) => {
      for (let round = 0; round < 3; round++) {
        const ids = Array.from({ length: ROUND }, (_, index) => first + round * ROUND + index);
        const all = Promise.allSettled(ids.map((id) => copier.insert(goodRow(id))));
        expectNoRejection(await within(all, "insert()", 60));
        await restart();
      }
      await within(copier.insert(goodRow(first + 3 * ROUND)), "a lone insert()", 60);
    });
  }
  expectSame((await cluster.ids(table)).length, 2 * (3 * ROUND + 1), "number of rows");
}

/**
 * @param {CitusCluster} cluster
 * @param {Placement} placement
 * @param {() => Promise<void>} restart
 */
async function restartUnderLoad(cluster, placement, restart) {
  const table = await cluster.createTable(placement, { keyed: false });
  /** @type {string[]} */
  const errors = [];
  let next = 0;
  const isOver = new AbortController();
  await withCopier(cluster.url, table, { connections: 4, maxBatchRows: 50 }, async (copier) => {
    const produce = async () => {
      while (!isOver.signal.aborted) {
        await copier.insert(goodRow(next++)).catch((error) => errors.push(String(error)));
      }
    };
    const producers = Promise.all(Array.from({ length: 64 }, produce));
    for (let count = 0; count < 3; count++) {
      await sleep(1000);
      await restart();
    }
    await sleep(1000);
    isOver.abort();
    await within(producers, "insert()", 120);
  });
  expectSame(errors.slice(0, 1), [], `${errors.length} of ${next} rows failed`);
  await expectEachOnce(cluster, table, next);
  return `${next} rows`;
}

/**
 * What was committed on the coordinator reaches a worker that was away by the recovery of
 * transactions only, which comes once a minute (`citus.recover_2pc_interval`).
 * @param {CitusCluster} cluster
 * @param {string} table
 * @param {number} count the ids are those from 0 to below it
 */
export async function expectEachOnce(cluster, table, count) {
  const end = performance.now() + 90_000;
  let ids = await cluster.ids(table);
  while (new Set(ids).size < count && performance.now() < end) {
    await sleep(1000);
    ids = await cluster.ids(table);
  }
  const distinct = new Set(ids).size;
  expectSame(distinct, count, "different rows in the table");
  expectSame(ids.length, count, "rows in the table");
}

/**
 * @param {CitusCluster} cluster
 * @param {Placement} placement
 * @param {() => Promise<void>} fill
 * @param {() => Promise<void>} free
 */
async function fullDisk(cluster, placement, fill, free) {
  const table = await cluster.createTable(placement, { keyed: false });
  const COUNT = 500;
  const ids = Array.from({ length: COUNT }, (_, id) => id);
  // What is random cannot be compressed.
  const large = () => randomBytes(10_000).toString("base64");
  /** @type {Promise<void> | undefined} */
  let freed;
  const freeOnce = () => (freed ??= free());
  await cluster.untilUndone(freeOnce, async () => {
    await fill();
    await withCopier(cluster.url, table, { maxBatchRows: 50 }, async (copier) => {
      const rows = ids.map((id) => ({ id, note: large(), amount: 1 }));
      const all = Promise.allSettled(rows.map((row) => copier.insert(row)));
      await sleep(8000);
      const { rowsCommitted, rowsRejected } = copier.stats;
      await freeOnce();
      expectSame(rowsRejected, 0, "rows refused while the disk was full");
      expectSame(rowsCommitted < COUNT, true, "some rows wait while the disk is full");
      expectNoRejection(await within(all, "insert()", 120));
    });
  });
  await expectEachOnce(cluster, table, COUNT);
}

/**
 * @param {CitusCluster} cluster
 * @param {Placement} placement
 */
async function lockTimeout(cluster, placement) {
  const table = await cluster.createTable(placement);
  const holder = await cluster.pool.connect();
  try {
    await holder.query(`BEGIN; INSERT INTO ${table} VALUES (1, 'held', 1)`);
    await cluster.withParameter("lock_timeout", "300ms", async () => {
      await withCopier(cluster.url, table, {}, async (copier) => {
        /** @type {string[]} */
        const errors = [];
        const rows = [1, 2, 3, 4, 5].map((id) => copier.insert(goodRow(id)));
        for (const row of rows) row.catch((error) => errors.push(String(error)));
        await sleep(5000);
        expectSame(errors, [], "errors while a key is locked");
        await holder.query("ROLLBACK");
        await within(Promise.all(rows), "insert()", 30);
      });
    });
  } finally {
    await holder.query("ROLLBACK");
    holder.release();
  }
  expectSame(await cluster.ids(table), [1, 2, 3, 4, 5], "rows in the table");
}
