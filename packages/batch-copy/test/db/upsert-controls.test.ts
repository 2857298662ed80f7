import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { chooseSeed } from "../helpers/fault/extent.js";
import { compareTables, type EqualityReport } from "../helpers/upsert/compare-tables.js";
import { fastStage } from "../helpers/upsert/contenders/fast-stage.js";
import type { EqualityPlan } from "../helpers/upsert/equality-run.js";
import { useTwinPlaces } from "../helpers/upsert/place.js";
import type { Setting } from "../helpers/upsert/setting.js";
import { scenarioWith } from "../helpers/upsert/tables/random-scenario.js";
import { findFeatures } from "../helpers/upsert/tables/server-features.js";
import { wideSteps } from "../helpers/upsert/wide-steps.js";

const db = useDatabase();

const LAST_WINS: Setting = {
  conflict: { update: "all" },
  connections: 1,
  maxBatchRows: 1000,
  usesPool: false,
};

const FIRST_WINS: Setting = { ...LAST_WINS, conflict: { update: "nothing" } };

/** What a table can have that the fast form is not equal for. */
const TRAPS = [
  "AFTER trigger of rows",
  "AFTER trigger that counts",
  "AFTER trigger that raises",
  "BEFORE trigger that skips rows",
  "CHECK",
  "foreign key",
  "foreign key to itself",
  "generated column that raises",
  "identity column",
  "index that limits lengths",
  "index that raises",
  "second unique index",
  "exclusion constraint",
  "statement trigger",
];

// A comparison that finds nothing proves nothing.
describe("the comparison with row by row", () => {
  const places = useTwinPlaces(db, 2);

  /** Writes by the fast form to tables with an int key. */
  async function compareFastForm(
    order: "ordinal" | "ctid",
    { tables, ...more }: Partial<EqualityPlan> & { features: readonly string[]; tables: number },
  ): Promise<EqualityReport> {
    const server = await findFeatures(db.pool, db.schema, () => {});
    const plan: EqualityPlan = {
      contender: fastStage(order),
      seed: chooseSeed(),
      settingsPerTable: 1,
      sequencesPerSetting: 20,
      scenarioOf: (table, random) =>
        scenarioWith(table, { key: "int key", features: more.features }, server, random),
      settingOf: () => LAST_WINS,
      ...more,
    };
    return compareTables(places, plan, { first: 0, count: tables });
  }

  for (const feature of TRAPS) {
    it(`finds that the fast form is not equal for a table with ${feature}`, async () => {
      const { difference } = await compareFastForm("ordinal", { features: [feature], tables: 20 });
      assert.ok(difference !== undefined);
    });
  }

  for (const [what, setting] of Object.entries({ last: LAST_WINS, first: FIRST_WINS })) {
    it(`finds the fast form equal for a plain table if the ${what} row of a key wins`, async () => {
      const { difference } = await compareFastForm("ordinal", {
        features: [],
        tables: 2,
        settingOf: () => setting,
        stepsOf: wideSteps,
      });
      assert.equal(difference, undefined);
    });
  }

  it("finds that ctid is not the order of the rows of a stage that is kept", async () => {
    const { difference } = await compareFastForm("ctid", {
      features: [],
      tables: 20,
      stepsOf: wideSteps,
    });
    assert.ok(difference !== undefined);
  });

  it("shows the fewest rows that are needed", async () => {
    const { difference = "" } = await compareFastForm("ordinal", {
      features: ["CHECK"],
      tables: 20,
    });
    // One row that the CHECK refuses, and a later one of its key.
    assert.equal(difference.match(/^--   (send|sendMany|insert) /gm)?.length, 2, difference);
    assert.match(difference, /CHECK \(n <> 5\)[^]*onConflict: \{ update: 'all' \}/);
    assert.match(difference, /row 0: refused 23514 t_\d+_n_check, but was written/);
  });
});
