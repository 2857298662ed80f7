import type { SeededRandom } from "../fault/seeded-random.js";
import { randomSteps, type Step } from "./step.js";
import { sentColumns, type Scenario } from "./tables/scenario.js";

const ROWS = 80;

/** Up to what would be stored outside of the row (TOAST_TUPLE_THRESHOLD). */
const MAX_LENGTH = 1800;

/** Many rows of very different sizes in one batch: where in a stage there is room for the next one varies. */
export function wideSteps(scenario: Scenario, random: SeededRandom): readonly Step[] {
  const note = sentColumns(scenario).findIndex(({ name }) => name === "note");
  return randomSteps(scenario, random, ROWS).map(({ values, by }) => ({
    values: values.with(note, "w".repeat(random.percent(50) ? 1 : random.below(MAX_LENGTH))),
    by,
    pause: "none",
  }));
}
