import type { Options } from "../contenders/job.js";
import type { LatencyLine, LoadPoint } from "../report/results.js";
import type { Bench } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import type { Sample } from "../run/sample.js";
import { metricsWorkload } from "../workloads/metrics.js";

const LOADS = [
  100, 300, 1000, 3000, 10_000, 20_000, 50_000, 100_000, 150_000, 200_000, 300_000, 400_000,
];
const QUICK_LOADS = [1000, 10_000, 100_000];
const SECONDS = 5;
const QUICK_SECONDS = 2;
const FEWEST_ROWS = 1000;
const MOST_ROUNDS = 3;

/** Who commits less than this share of the load has reached its limit. */
const KEEPS_UP = 0.9;

interface Line {
  readonly label: string;
  readonly implementation: string;
  readonly options: Options;
}

const LINES: readonly Line[] = [
  { label: "insert()", implementation: "open-loop-insert", options: {} },
  {
    label: "pg, pool of 10, prepared INSERT",
    implementation: "open-loop-pg",
    options: { connections: 10 },
  },
  {
    label: "pg, 1 connection, prepared INSERT",
    implementation: "open-loop-pg",
    options: { connections: 1 },
  },
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
  const loads = quick ? QUICK_LOADS : LOADS;
  const seconds = quick ? QUICK_SECONDS : SECONDS;
  const turns = Math.min(rounds, MOST_ROUNDS);
  const progress = new Progress(LINES.length * loads.length * turns);
  const results: LatencyLine[] = [];
  for (const { label, implementation, options } of LINES) {
    const points: LoadPoint[] = [];
    for (const perSecond of loads) {
      const rows = Math.max(FEWEST_ROWS, perSecond * seconds);
      const samples: Sample[] = [];
      for (let round = 1; round <= turns; round++) {
        progress.step(`${perSecond} rows/s, round ${round} of ${turns}: ${label}`);
        const run = { implementation, workload: metricsWorkload.name, rows };
        samples.push(await bench.run({ ...run, options: { ...options, perSecond } }));
      }
      points.push({ perSecond, samples });
      if (!samples.some((sample) => sample.rows / sample.seconds > perSecond * KEEPS_UP)) break;
    }
    results.push({ label, points });
  }
  progress.end();
  return results;
}
