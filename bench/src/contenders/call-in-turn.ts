import type { Row } from "../workloads/workload.js";
import type { Findings, Job } from "./job.js";

/** Reading the clock twice per call would take a tenth of the fastest contenders' time. */
const MOST_TIMED_CALLS = 50_000;

/**
 * `callers` that each write row after row and wait for every commit; times their calls, but for those of
 * the first `warmUpRows`.
 */
export async function callInTurn(
  { workload, rows, options }: Job,
  insert: (row: Row) => Promise<unknown>,
): Promise<Findings> {
  const first = options["warmUpRows"] ?? 0;
  const every = Math.ceil((rows - first) / MOST_TIMED_CALLS);
  const tookMs = new Float64Array(Math.ceil((rows - first) / every));
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < rows) {
      const n = next++;
      const isTimed = n >= first && (n - first) % every === 0;
      const startedAt = isTimed ? performance.now() : 0;
      await insert(workload.row(n));
      if (isTimed) tookMs[(n - first) / every] = performance.now() - startedAt;
    }
  };
  await Promise.all(Array.from({ length: options["callers"] ?? 1 }, call));
  return { tookMs };
}
