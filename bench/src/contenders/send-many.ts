import { rowsBetween } from "../workloads/workload.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";

/** `sendMany()` of a generator. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    async write() {
      await copier.sendMany(rowsBetween(job.workload, 0, job.rows));
      await copier.flush();
    },
    close: () => copier.close(),
  };
};
