import type { Copier } from "batch-copy";

import { rowsBetween, type Row } from "../workloads/workload.js";
import { closeCopier } from "./close-copier.js";
import { connectCopier } from "./connect-copier.js";
import type { Job, Open } from "./job.js";

/** How many rows an array has. */
export const ROWS_PER_CALL = 1000;

/** `sendMany()` of arrays, one after the other. */
export const open: Open = async (job) => {
  const copier = await connectCopier(job);
  return {
    write: () => sendAll(copier, job),
    close: () => closeCopier(copier),
  };
};

/** Sends all rows of a job, and waits until they are committed. */
export async function sendAll(copier: Copier<Row>, { workload, rows }: Job): Promise<void> {
  for (let start = 0; start < rows; start += ROWS_PER_CALL) {
    const end = Math.min(rows, start + ROWS_PER_CALL);
    await copier.sendMany(rowsBetween(workload, start, end));
  }
  await copier.flush();
}
