// @ts-check

import { cutPlan } from "../../packages/batch-copy/dist-test/helpers/fault/cut-plan.js";
import { FaultProxy } from "../../packages/batch-copy/dist-test/helpers/fault/fault-proxy.js";
import { expectSame, goodRow, within, withCopier } from "./check.mjs";
import { placements } from "./cluster.mjs";
import { expectEachOnce } from "./worker-faults.mjs";

/**
 * @import { Check, Settings } from "./check.mjs"
 * @import { CitusCluster, Placement } from "./cluster.mjs"
 */

/** @type {Check[]} */
export const cutConnections = placements.flatMap((placement) =>
  [false, true].map((keyed) => ({
    name: `${placement}${keyed ? " with a key" : ""}: connections that are cut lose and double no row`,
    run: (cluster, settings) => cutWhileInserting(cluster, settings, placement, keyed),
  })),
);

/**
 * @param {CitusCluster} cluster
 * @param {Settings} settings
 * @param {Placement} placement
 * @param {boolean} keyed with a key a row that is written again would be refused
 */
async function cutWhileInserting(cluster, { cuts, seed }, placement, keyed) {
  const table = await cluster.createTable(placement, { keyed });
  const proxy = await FaultProxy.start((connection) => cutPlan(seed, connection), cluster.url);
  /** @type {string[]} */
  const errors = [];
  let next = 0;
  let doubts = 0;
  try {
    // The first connections would be cut while connect() reads the catalog.
    const through = { databaseUrl: proxy.url, connectTimeoutMs: 5000, maxBatchRows: 50 };
    proxy.plan(() => undefined);
    await withCopier(proxy.url, table, through, async (copier) => {
      proxy.plan((connection) => cutPlan(seed, connection));
      proxy.strike("cut");
      const produce = async () => {
        while (proxy.faults.length < cuts) {
          await copier.insert(goodRow(next++)).catch((error) => errors.push(String(error)));
        }
      };
      await within(Promise.all(Array.from({ length: 32 }, produce)), "insert()", 60 + 5 * cuts);
      proxy.plan(() => undefined);
      const { inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = copier.stats;
      doubts = inDoubtCommitted + inDoubtAborted + inDoubtUnknown;
      expectSame(inDoubtUnknown, 0, "commits whose outcome stayed unknown");
    });
  } finally {
    await proxy.close();
  }
  expectSame(errors.slice(0, 1), [], `${errors.length} of ${next} rows failed`);
  await expectEachOnce(cluster, table, next);
  return `${next} rows, ${proxy.faults.length} cuts, ${doubts} commits in doubt`;
}
