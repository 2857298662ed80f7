import { rowsBetween, type Row } from "../workloads/workload.js";
import { sharesOf, type Job } from "./job.js";

/** Writes rows in chunks of `rowsPerInsert`, one statement at a time on each connection. */
export async function inChunks(
  job: Job,
  insert: (rows: Row[], connection: number) => Promise<unknown>,
): Promise<void> {
  const { workload } = job;
  const insertAll = async ([from, to]: [number, number], connection: number): Promise<void> => {
    for (let start = from; start < to; start += workload.rowsPerInsert) {
      const end = Math.min(to, start + workload.rowsPerInsert);
      await insert(rowsBetween(workload, start, end), connection);
    }
  };
  await Promise.all(sharesOf(job).map(insertAll));
}
