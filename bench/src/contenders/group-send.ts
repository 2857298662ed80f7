import { inTurn } from "../workloads/share.js";
import { connectGroup, namesOf } from "./connect-group.js";
import type { Open } from "./job.js";

/** Many `producers`, each awaiting `group.send()` to one of the `tables` after the other. */
export const open: Open = async (job) => {
  const { workload, rows, options } = job;
  const { producers = 1, tables = 1 } = options;
  const group = await connectGroup(job);
  const names = namesOf(inTurn(tables)(workload, rows));
  await Promise.all(names.map((name) => group.copier(name)));
  let next = 0;
  const produce = async (): Promise<void> => {
    while (next < rows) {
      const n = next++;
      await group.send(names[n % tables]!, workload.row(n));
    }
  };
  return {
    async write() {
      await Promise.all(Array.from({ length: producers }, produce));
      await group.flush();
    },
    async close() {
      const { batchesCommitted } = group.stats;
      await group.close();
      return { batches: batchesCommitted };
    },
  };
};
