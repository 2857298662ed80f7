import type { Row } from "../workloads/workload.js";
import type { Findings, Job } from "./job.js";

/** `callers` that each write row after row, waiting for every commit; takes the time of each call. */
export async function callInTurn(
  { workload, rows, options }: Job,
  insert: (row: Row) => Promise<unknown>,
): Promise<Findings> {
  const tookMs = new Float64Array(rows);
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < rows) {
      const n = next++;
      const startedAt = performance.now();
      await insert(workload.row(n));
      tookMs[n] = performance.now() - startedAt;
    }
  };
  await Promise.all(Array.from({ length: options["callers"] ?? 1 }, call));
  return { tookMs };
}
