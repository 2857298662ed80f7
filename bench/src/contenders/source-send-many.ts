import { rowsBetween } from "../workloads/workload.js";
import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";
import { openSources } from "./open-sources.js";
import { ROWS_PER_CALL } from "./send-many.js";

/** `source.sendMany()` of arrays, one after the other. A position is an array, of `unitRows`. */
export const open: Open = async (job) => {
  const { workload, rows, options } = job;
  const { unitRows = ROWS_PER_CALL } = options;
  const copier = await connectCopier(job);
  const [source] = await openSources(copier, {});
  return {
    async write() {
      for (let position = 0; position * unitRows < rows; position++) {
        const start = position * unitRows;
        const end = Math.min(rows, start + unitRows);
        await source!.sendMany(rowsBetween(workload, start, end), position);
      }
      await copier.flush();
    },
    close: () => closeCopier(copier),
  };
};
