import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";

/** Connects, which adopts what former processes have left in the spool, and closes when it is written. */
export const open: Open = async (job) => ({
  async write() {
    const copier = await connectCopier(job);
    return closeCopier(copier);
  },
  async close() {},
});
