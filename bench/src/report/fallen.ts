import type { Ratio } from "./results.js";

/** A ratio may fall by so much before it is worth a word. */
const TOLERANCE = 0.1;

type Key = Omit<Ratio, "ratio">;

/** A ratio that is lower than it was. */
export interface Loss extends Key {
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

/** Whether two are about the same contender of the same workload. */
export function isSame(one: Key, other: Key): boolean {
  return (
    one.workload === other.workload && one.contender === other.contender && one.of === other.of
  );
}

function ratioOf(ratios: readonly Ratio[], key: Key): number {
  return ratios.find((candidate) => isSame(candidate, key))?.ratio ?? Number.NaN;
}
