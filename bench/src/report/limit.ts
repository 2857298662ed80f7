import { LIMITS } from "../contenders/registry.js";
import type { Figure, WorkloadFigures } from "./results.js";
import { median, rowsPerSecond } from "./statistics.js";

/** The contender that all others are compared with; undefined if it was not measured. */
export function limitOf({ figures }: WorkloadFigures): Figure | undefined {
  const candidates = LIMITS.map((id) => figures.find(({ contender }) => contender === id));
  return candidates.find((figure) => figure && figure.samples.length > 0);
}

/** The median of rows per second; undefined if it was not measured. */
export function rateOf(figure: Figure | undefined): number | undefined {
  if (figure === undefined || figure.samples.length === 0) return undefined;
  return median(figure.samples.map(rowsPerSecond));
}
