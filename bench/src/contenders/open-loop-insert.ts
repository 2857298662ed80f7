import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";
import { inOpenLoop } from "./open-loop.js";

/** `insert()` of rows that arrive `perSecond`. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    write: () => inOpenLoop(job, (row) => copier.insert(row)),
    close: () => copier.close(),
  };
};
