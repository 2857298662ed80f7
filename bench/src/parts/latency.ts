import type { Options } from "../contenders/job.js";
import type { LatencyLine } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { measureOpenLoop, type OpenLoopLine } from "./open-loop.js";

const LOADS = [
  100, 300, 1000, 3000, 10_000, 20_000, 50_000, 100_000, 150_000, 200_000, 300_000, 400_000,
];
const QUICK_LOADS = [1000, 10_000, 100_000];
const SECONDS = 5;
const QUICK_SECONDS = 2;

const LINES: readonly OpenLoopLine[] = [
  lineOf("insert()", "open-loop-insert", {}),
  lineOf("pg, pool of 10, prepared INSERT", "open-loop-pg", { connections: 10 }),
  lineOf("pg, 1 connection, prepared INSERT", "open-loop-pg", { connections: 1 }),
];

/** What is to be measured. */
export interface LatencyPlan {
  readonly rounds: number;
  readonly quick: boolean;
}

/** From arrival to commit, at loads from next to nothing up to more than can be done. */
export async function measureLatency(
  bench: Bench,
  { rounds, quick }: LatencyPlan,
): Promise<LatencyLine[]> {
  return measureOpenLoop(bench, LINES, {
    loads: quick ? QUICK_LOADS : LOADS,
    seconds: quick ? QUICK_SECONDS : SECONDS,
    rounds,
  });
}

function lineOf(label: string, implementation: string, options: Options): OpenLoopLine {
  return { label, run: { implementation, workload: metricsWorkload.name, options } };
}
