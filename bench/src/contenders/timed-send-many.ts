import type { Copier } from "batch-copy";

import { firstRows, rowsBetween, type Row } from "../workloads/workload.js";
import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Job, Open } from "./job.js";
import { secondsSince } from "./seconds-since.js";

/** `sendMany()` of arrays of `rowsPerCall`, one after the other; or of a generator of all rows. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    async write() {
      const startedAt = performance.now();
      await sendAll(copier, job);
      const acceptedSeconds = secondsSince(startedAt);
      await copier.flush();
      return { acceptedSeconds };
    },
    close: () => closeCopier(copier),
  };
};

async function sendAll(copier: Copier<Row>, { workload, rows, options }: Job): Promise<void> {
  const { rowsPerCall } = options;
  if (rowsPerCall === undefined) {
    await copier.sendMany(firstRows(workload, rows));
    return;
  }
  for (let start = 0; start < rows; start += rowsPerCall) {
    await copier.sendMany(rowsBetween(workload, start, Math.min(rows, start + rowsPerCall)));
  }
}
