import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Open } from "./job.js";

/** Many `producers`, each awaiting `send()` row after row. */
export const open: Open = async (job) => {
  const { workload, rows, options } = job;
  const copier = await connectCopier(job);
  let next = 0;
  const produce = async (): Promise<void> => {
    while (next < rows) {
      await copier.send(workload.row(next++));
    }
  };
  return {
    async write() {
      await Promise.all(Array.from({ length: options["producers"] ?? 1 }, produce));
      await copier.flush();
    },
    close: () => closeCopier(copier),
  };
};
