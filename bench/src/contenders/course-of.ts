import { divide } from "./job.js";
import { latencyOf } from "./latency-of.js";

/** The median of each of so many parts of the calls, in the order of the calls. */
export function courseOf(tookMs: Float64Array, parts: number): number[] {
  return divide(tookMs.length, parts).map(([from, to]) => latencyOf(tookMs.slice(from, to)).p50);
}
