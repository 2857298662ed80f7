import type { LatencyLine, LoadPoint } from "../report/results.js";
import type { Bench, Run } from "../run/bench.js";
import { Progress } from "../run/progress.js";
import type { Sample } from "../run/sample.js";

const FEWEST_ROWS = 1000;
const MOST_ROUNDS = 3;

/** Who commits less than this share of the load has reached its limit. */
const KEEPS_UP = 0.9;

/** What inserts rows that arrive at a given rate. */
export interface OpenLoopLine {
  readonly label: string;
  readonly run: Omit<Run, "rows">;
}

/** The rates, in rows per second, and for how long each is offered. */
export interface OfferedLoad {
  readonly loads: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
}

/** Commit latency at each load, up to the first one that a line cannot keep up with. */
export async function measureOpenLoop(
  bench: Bench,
  lines: readonly OpenLoopLine[],
  { loads, seconds, rounds }: OfferedLoad,
): Promise<LatencyLine[]> {
  const turns = Math.min(rounds, MOST_ROUNDS);
  const progress = new Progress(lines.length * loads.length * turns);
  const results: LatencyLine[] = [];
  for (const { label, run } of lines) {
    const points: LoadPoint[] = [];
    for (const perSecond of loads) {
      const rows = Math.max(FEWEST_ROWS, perSecond * seconds);
      const samples: Sample[] = [];
      for (let round = 1; round <= turns; round++) {
        progress.step(`${perSecond} rows/s, round ${round} of ${turns}: ${label}`);
        samples.push(await bench.run({ ...run, rows, options: { ...run.options, perSecond } }));
      }
      points.push({ perSecond, samples });
      if (!samples.some((sample) => sample.rows / sample.seconds > perSecond * KEEPS_UP)) break;
    }
    results.push({ label, points });
  }
  progress.end();
  return results;
}
