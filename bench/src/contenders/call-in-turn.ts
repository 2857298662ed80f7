import type { Row } from "../workloads/workload.js";
import type { Findings, Job } from "./job.js";

/** To look at the clock twice a call would take a tenth of the fastest ones' time. */
const MOST_TIMED_CALLS = 50_000;

/** `callers` that each write row after row, waiting for every commit; takes the time of calls. */
export async function callInTurn(
  { workload, rows, options }: Job,
  insert: (row: Row) => Promise<unknown>,
): Promise<Findings> {
  const every = Math.ceil(rows / MOST_TIMED_CALLS);
  const tookMs = new Float64Array(Math.ceil(rows / every));
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < rows) {
      const n = next++;
      const isTimed = n % every === 0;
      const startedAt = isTimed ? performance.now() : 0;
      await insert(workload.row(n));
      if (isTimed) tookMs[n / every] = performance.now() - startedAt;
    }
  };
  await Promise.all(Array.from({ length: options["callers"] ?? 1 }, call));
  return { tookMs };
}
