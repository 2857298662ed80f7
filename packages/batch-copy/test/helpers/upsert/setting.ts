import type { SeededRandom } from "../fault/seeded-random.js";
import { randomConflict, type Conflict } from "./conflict.js";
import type { Scenario } from "./tables/scenario.js";

/** How rows are written. */
export interface Setting {
  /** Without it, by plain INSERT or COPY. */
  readonly conflict: Conflict | undefined;
  readonly connections: number;
  readonly maxBatchRows: number;
  /** Whether the connections are those of a pool of the user's. */
  readonly usesPool: boolean;
}

/** Of a hundred settings, those without `onConflict`, for tables in which COPY means the same. */
const PLAIN_PERCENT = 10;

export function randomSetting(scenario: Scenario, random: SeededRandom): Setting {
  const isPlain = random.percent(PLAIN_PERCENT) && !scenario.needsSingleRows;
  return {
    conflict: isPlain ? undefined : randomConflict(scenario, random),
    // With one connection, COPY keeps the order as well.
    connections: isPlain ? 1 : random.pick([1, 3]),
    maxBatchRows: random.pick([1, 2, 5, 13, 1000, 1000, 1000, 1000]),
    usesPool: random.percent(20),
  };
}
