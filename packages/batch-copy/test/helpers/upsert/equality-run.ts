import { SeededRandom } from "../fault/seeded-random.js";
import type { Contender } from "./contender.js";
import { programOf } from "./program.js";
import { randomSetting, type Setting } from "./setting.js";
import { randomSteps, type Step } from "./step.js";
import type { Scenario } from "./tables/scenario.js";
import { Trial, type Finding } from "./trial.js";
import { Twins, type TwinPlace } from "./twins.js";

/** What to compare, and how often. */
export interface EqualityPlan {
  readonly contender: Contender;
  readonly seed: number;
  readonly settingsPerTable: number;
  readonly sequencesPerSetting: number;
  readonly scenarioOf: (table: string, random: SeededRandom) => Scenario;
  /** @default random */
  readonly settingOf?: (scenario: Scenario, random: SeededRandom) => Setting;
  /** @default random */
  readonly stepsOf?: (scenario: Scenario, random: SeededRandom) => readonly Step[];
}

/** The seeds of two tables are so far from each other. */
const SEED_STEP = 1_000_003;

/** Compares a contender with row by row, on one table after the other. */
export class EqualityRun {
  readonly #plan: EqualityPlan;
  /** How much was compared and found equal. */
  readonly tally: Record<"tables" | "sequences" | "rows" | "refused", number> = {
    tables: 0,
    sequences: 0,
    rows: 0,
    refused: 0,
  };

  constructor(plan: EqualityPlan) {
    this.#plan = plan;
  }

  /**
   * Compares on one table, which depends on the seed and its number only.
   *
   * @returns the program that shows the first difference, or undefined
   */
  async compareTable(place: TwinPlace, number: number): Promise<string | undefined> {
    const { seed, settingsPerTable, scenarioOf, settingOf = randomSetting } = this.#plan;
    const random = new SeededRandom(seed + number * SEED_STEP);
    const scenario = scenarioOf(`t_${number}`, random);
    const twins = await Twins.create(place, scenario);
    try {
      for (let index = 0; index < settingsPerTable; index++) {
        const setting = settingOf(scenario, random);
        const finding = await this.#compareSetting(twins, setting, random);
        if (finding !== undefined) {
          const program = programOf(twins, setting, finding);
          return `FAULT_SEED=${seed} FAULT_TABLE=${number}\n${program}`;
        }
      }
    } finally {
      await twins.drop();
    }
    this.tally.tables++;
    return undefined;
  }

  async #compareSetting(
    twins: Twins,
    setting: Setting,
    random: SeededRandom,
  ): Promise<Finding | undefined> {
    const { contender, sequencesPerSetting, stepsOf = randomSteps } = this.#plan;
    const trial = await Trial.open(twins, setting, contender);
    if (!(trial instanceof Trial)) {
      return trial;
    }
    try {
      for (let index = 0; index < sequencesPerSetting; index++) {
        const steps = stepsOf(twins.scenario, random);
        const finding = await trial.compare(steps);
        if (finding !== undefined) {
          return await trial.shrink(finding);
        }
        this.tally.sequences++;
        this.tally.rows += steps.length;
      }
      this.tally.refused += trial.refusedRows;
      return undefined;
    } finally {
      await trial.close();
    }
  }
}
