import type { Options } from "../contenders/job.js";
import { metricsWorkload } from "../workloads/metrics.js";
import { inTurn } from "../workloads/share.js";
import type { Curve, Series } from "./curve.js";

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
      seriesOf("256, flushIntervalMs 1000", { producers: 256, flushIntervalMs: 1000 }),
    ],
  };
}

function seriesOf(label: string, options: Options): Series {
  return {
    label,
    at: (x) => ({
      implementation: "group-send",
      workload: metricsWorkload.name,
      rows: metricsWorkload.rows,
      options: { ...options, tables: x },
      divide: inTurn(x),
    }),
  };
}
