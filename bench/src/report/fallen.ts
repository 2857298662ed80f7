import type { Ratio } from "./results.js";

/** A ratio may fall by so much before it is worth a word. */
const TOLERANCE = 0.1;

/** A ratio that is lower than it was. */
export interface Loss extends Omit<Ratio, "ratio"> {
  readonly before: number;
  /** NaN if it was not measured. */
  readonly now: number;
}

/** What fell by more than a tenth, or has no figure any more. */
export function fallen(before: readonly Ratio[], now: readonly Ratio[]): Loss[] {
  return before
    .map(({ ratio, ...key }) => ({ ...key, before: ratio, now: ratioOf(now, key) }))
    .filter((loss) => !(loss.now >= loss.before * (1 - TOLERANCE)));
}

function ratioOf(ratios: readonly Ratio[], key: Omit<Ratio, "ratio">): number {
  const same = ratios.find(
    ({ workload, contender, of }) =>
      workload === key.workload && contender === key.contender && of === key.of,
  );
  return same?.ratio ?? Number.NaN;
}
