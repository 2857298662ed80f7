import type { Ratio } from "./results.js";

/** Smaller losses are noise. */
const TOLERANCE = 0.1;

type Key = Omit<Ratio, "ratio">;

/** A ratio that is lower than it was. */
export interface Loss extends Key {
  readonly before: number;
  /** NaN if it was not measured. */
  readonly now: number;
}

/** The ratios that fell by more than the tolerance, or were not measured. */
export function fallen(before: readonly Ratio[], now: readonly Ratio[]): Loss[] {
  return before
    .map(({ ratio, ...key }) => ({ ...key, before: ratio, now: ratioOf(now, key) }))
    .filter((loss) => !(loss.now >= loss.before * (1 - TOLERANCE)));
}

/** Whether both compare the same contenders on the same workload. */
export function isSame(one: Key, other: Key): boolean {
  return (
    one.workload === other.workload && one.contender === other.contender && one.of === other.of
  );
}

function ratioOf(ratios: readonly Ratio[], key: Key): number {
  return ratios.find((candidate) => isSame(candidate, key))?.ratio ?? Number.NaN;
}
