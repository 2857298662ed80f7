import type { SeededRandom } from "../fault/seeded-random.js";
import type { Column, SqlText } from "./tables/column.js";
import { sentColumns, type Scenario } from "./tables/scenario.js";

/** One row of a sequence, how it is sent, and what follows. */
export interface Step {
  /** In the order of the columns that are sent. */
  readonly values: readonly SqlText[];
  /** Rows of `sendMany` that follow each other without a pause are those of one call. */
  readonly by: "send" | "sendMany" | "insert";
  /** What the sender waits for before the next row. */
  readonly pause: "none" | "turn" | "flush";
}

const MAX_ROWS = 60;

/** Rows of few keys, some of which the table may refuse. */
export function randomSteps(
  scenario: Scenario,
  random: SeededRandom,
  count: number = 1 + random.below(random.percent(50) ? 8 : MAX_ROWS),
): readonly Step[] {
  const draws = sentColumns(scenario).map((column) => valuesOf(column, scenario, random));
  const style = random.pick(["send", "sendMany", "insert", "mixed", "mixed"] as const);
  const flushPercent = random.pick([0, 0, 5, 20]);
  return Array.from({ length: count }, (_, mark) => ({
    values: draws.map((draw) => draw(mark)),
    by: style === "mixed" ? random.pick(["send", "sendMany", "sendMany", "insert"]) : style,
    pause: random.percent(flushPercent) ? "flush" : random.percent(5) ? "turn" : "none",
  }));
}

const FEW = 3;

/** How the rows of a sequence get their values of a column. */
function valuesOf(
  column: Column,
  { arbiter }: Scenario,
  random: SeededRandom,
): (mark: number) => SqlText {
  if (column.name === "mark") {
    return String;
  }
  const { pool = [], bad = [] } = column;
  const isKey = arbiter.columns.includes(column.name);
  const size = 1 + random.below(isKey && random.percent(70) ? FEW : pool.length);
  const some = Array.from({ length: size }, () => random.pick(pool));
  const badPercent = bad.length > 0 ? random.pick([0, 0, 3, 20]) : 0;
  return () => random.pick(random.percent(badPercent) ? bad : some);
}
