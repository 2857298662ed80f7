import type { CurveRun } from "../curves/curve.js";
import type { Curve } from "../curves/registry.js";
import type { CurveFigures, Point } from "../report/results.js";
import type { Bench, Run } from "../run/bench.js";
import { DelayingProxy } from "../run/delaying-proxy.js";
import { Progress } from "../run/progress.js";
import type { Sample } from "../run/sample.js";

const MOST_ROUNDS = 3;

/** What is to be measured. */
export interface CurvesPlan {
  readonly curves: readonly Curve[];
  readonly rounds: number;
  readonly scale: (usual: number) => number;
}

/** Every point of every curve; the lines of a curve take turns. */
export async function measureCurves(
  bench: Bench,
  { curves, rounds, scale }: CurvesPlan,
): Promise<CurveFigures[]> {
  const turns = Math.min(rounds, MOST_ROUNDS);
  const points = curves.map(({ xs, series }) => xs.length * series.length * turns);
  const progress = new Progress(points.reduce((sum, each) => sum + each, 0));
  const results: CurveFigures[] = [];
  for (const curve of curves) {
    const lines = curve.series.map(({ label }) => ({ label, points: [] as Point[] }));
    for (const x of curve.xs) {
      const samples = curve.series.map(() => [] as Sample[]);
      for (let round = 1; round <= turns; round++) {
        for (const [index, series] of curve.series.entries()) {
          progress.step(`${curve.name} ${x}, round ${round} of ${turns}: ${series.label}`);
          const run = series.at(x);
          const rows = Math.min(run.rows, scale(run.rows));
          samples[index]!.push(await runByWay(bench, { ...run, rows }));
        }
      }
      for (const [index, line] of lines.entries()) {
        line.points.push({ x, samples: samples[index]! });
      }
    }
    const { name, title, xLabel, xScale } = curve;
    results.push({ name, title, xLabel, xScale, lines });
  }
  progress.end();
  return results;
}

async function runByWay(bench: Bench, { roundTripMs, ...run }: CurveRun): Promise<Sample> {
  if (roundTripMs === undefined) return bench.run(onThisMachine(run, bench));
  const url = process.env["DATABASE_URL"] ?? "";
  const proxy = await DelayingProxy.open(url, roundTripMs);
  try {
    return await bench.run({ ...run, databaseUrl: proxy.urlFor(url) });
  } finally {
    await proxy.close();
  }
}

/** Where there is no psql, Node itself streams the ready files. */
function onThisMachine(run: Run, { tools }: Bench): Run {
  const hasPsql = tools.psql !== undefined;
  return run.implementation === "psql" && !hasPsql ? { ...run, implementation: "socket" } : run;
}
