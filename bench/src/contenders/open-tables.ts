import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { inTurn } from "../workloads/share.js";
import { connectGroup, namesOf } from "./connect-group.js";
import type { Growth, Open } from "./job.js";

/** After so long, nothing that was under way is referenced any more. */
const SETTLE_MS = 200;

/** Opens `tables` tables at once, then sends the rows to them in turn; measures what they cost. */
export const open: Open = async (job) => {
  const { workload, rows, options } = job;
  const { tables = 1 } = options;
  const group = await connectGroup(job);
  const [first = "", ...others] = namesOf(inTurn(tables)(workload, rows));
  await group.copier(first);
  return {
    async write() {
      const before = await usedBytes();
      const startedAt = performance.now();
      await Promise.all(others.map((name) => group.copier(name)));
      const openingMs = performance.now() - startedAt;
      const opened = await growthSince(before);

      const names = [first, ...others];
      for (let n = 0; n < rows; n++) {
        await group.send(names[n % tables]!, workload.row(n));
      }
      await group.flush();
      const used = await growthSince(before);
      return { tableCosts: { tables: others.length, openingMs, opened, used } };
    },
    close: () => group.close(),
  };
};

async function growthSince(before: Growth): Promise<Growth> {
  const now = await usedBytes();
  return { heap: now.heap - before.heap, rss: now.rss - before.rss };
}

async function usedBytes(): Promise<Growth> {
  await sleep(SETTLE_MS);
  collectGarbage();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
