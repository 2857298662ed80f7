import type { Options } from "../contenders/job.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { inTurn } from "../workloads/share.js";
import type { Curve, CurveRun, Series } from "./curve.js";

/** What lets each of a thousand tables gather all of its rows. */
const LARGER_BATCHES: Options = { flushIntervalMs: 5000, maxBufferedBytes: 512 * 2 ** 20 };

/** About how many rows a batch has with default options: 100,000 down to 1,300 with 1000 tables. */
function usualBatchRows(tables: number): number {
  return Math.round(100_000 / tables ** 0.625);
}

/** The same rows to more and more tables of one group. */
export function tablesCurve(counts: readonly number[]): Curve {
  return {
    name: "tables",
    title: "The same rows to more tables",
    xLabel: "tables",
    xScale: "log",
    xs: counts,
    series: [
      seriesOf("256 producers", { producers: 256 }),
      seriesOf("2,048 producers", { producers: 2048 }),
      seriesOf("256, larger batches", { producers: 256, ...LARGER_BATCHES }),
      {
        label: "256, one table, batches as small",
        at: (x) => runOf(1, { producers: 256, maxBatchRows: usualBatchRows(x) }),
      },
    ],
  };
}

function seriesOf(label: string, options: Options): Series {
  return { label, at: (x) => runOf(x, options) };
}

function runOf(tables: number, options: Options): CurveRun {
  return {
    implementation: "group-send",
    workload: metricsWorkload.name,
    rows: metricsWorkload.rows,
    options: { ...options, tables },
    divide: inTurn(tables),
  };
}
