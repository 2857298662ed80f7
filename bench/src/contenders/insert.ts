import { callInTurn } from "./call-in-turn.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";

/** `callers` that await `insert()`, which is the commit, row after row. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    write: () => callInTurn(job, (row) => copier.insert(row)),
    close: () => copier.close(),
  };
};
