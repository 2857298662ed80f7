import { once } from "node:events";
import { Worker } from "node:worker_threads";

import type { Row } from "../workloads/workload.js";
import { arrivalTimes } from "./arrival-times.js";
import type { Findings, Job } from "./job.js";
import { monotonicMs } from "./monotonic-ms.js";

/** Long enough for a thread to start. */
const LEAD_MS = 200;

/**
 * Rows arrive at a rate of `perSecond`, whether or not earlier ones are committed. Latency counts from
 * a row's arrival, so making later rows wait gains nothing.
 */
export async function inOpenLoop(
  { workload, rows, options }: Job,
  insert: (row: Row) => Promise<unknown>,
): Promise<Findings> {
  const firstAt = monotonicMs() + LEAD_MS;
  const arrivals = arrivalTimes(firstAt, rows, options["perSecond"] ?? 1000);
  const tookMs = new Float64Array(rows);
  const calls: Promise<void>[] = [];
  const call = async (n: number): Promise<void> => {
    await insert(workload.row(n));
    tookMs[n] = monotonicMs() - arrivals[n]!;
  };
  const pacer = new Worker(new URL("pacer.js", import.meta.url), { workerData: arrivals });
  pacer.on("message", (due: number) => {
    while (calls.length < due) {
      calls.push(call(calls.length));
    }
  });
  await once(pacer, "exit");
  await Promise.all(calls);
  return { seconds: (monotonicMs() - firstAt) / 1000, tookMs };
}
