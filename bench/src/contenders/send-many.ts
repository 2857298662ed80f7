import { rowsBetween } from "../workloads/workload.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";

const ROWS_PER_CALL = 1000;

/** `sendMany()` of arrays, one after the other. */
export const open: Open = async (job) => {
  const { workload, rows } = job;
  const copier = await connectCopier(job);
  return {
    async write() {
      for (let start = 0; start < rows; start += ROWS_PER_CALL) {
        const end = Math.min(rows, start + ROWS_PER_CALL);
        await copier.sendMany(rowsBetween(workload, start, end));
      }
      await copier.flush();
    },
    close: () => copier.close(),
  };
};
