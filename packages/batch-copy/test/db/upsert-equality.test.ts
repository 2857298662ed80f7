import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { compareTables } from "../helpers/upsert/compare-tables.js";
import type { Contender } from "../helpers/upsert/contender.js";
import { copierContender } from "../helpers/upsert/contenders/copier-contender.js";
import { rowByRow } from "../helpers/upsert/contenders/row-by-row.js";
import type { EqualityPlan } from "../helpers/upsert/equality-run.js";
import { useTwinPlaces } from "../helpers/upsert/place.js";
import { randomScenario } from "../helpers/upsert/tables/random-scenario.js";
import { findFeatures } from "../helpers/upsert/tables/server-features.js";
import type { TwinPlace } from "../helpers/upsert/twins.js";

const db = useDatabase();

const TABLES_PER_LINE = 100;

/** Random settings and rows for the random tables that are wanted. */
async function randomPlan(test: TestContext, contender: Contender): Promise<EqualityPlan> {
  const server = await findFeatures(db.pool, db.schema, (reason) => test.diagnostic(reason));
  return {
    contender,
    seed: chooseSeed(),
    settingsPerTable: 4,
    sequencesPerSetting: extent("FAULT_SEQUENCES", { daily: 2, long: 12 }),
    scenarioOf: (table, random) => randomScenario(table, random, server),
  };
}

async function expectEquality(
  test: TestContext,
  places: readonly TwinPlace[],
  plan: EqualityPlan,
  count: number,
): Promise<void> {
  // A table that failed is tried alone by its number.
  const only = process.env["FAULT_TABLE"];
  const numbers = only === undefined ? { first: 0, count } : { first: Number(only), count: 1 };
  const { tally, difference } = await compareTables(
    places,
    plan,
    numbers,
    ({ tables, sequences }) => {
      if (tables % TABLES_PER_LINE === 0) {
        tell(`${tables} tables, ${sequences} sequences`);
      }
    },
  );
  const { tables, sequences, rows, refused } = tally;
  test.diagnostic(
    `${sequences} sequences of ${rows} rows, ${refused} of them refused, on ${tables} tables, FAULT_SEED=${plan.seed}`,
  );
  assert.ok(difference === undefined, difference);
}

describe("random rows for random tables", () => {
  const places = useTwinPlaces(db, 2);

  it("end the same by an INSERT in a transaction of its own as in the reference", async (test) => {
    await expectEquality(test, places, await randomPlan(test, rowByRow), 20);
  });

  it("end the same by batch-copy", async (test) => {
    const plan = await randomPlan(test, copierContender);
    await expectEquality(test, places, plan, extent("FAULT_TABLES", { daily: 25, long: 2200 }));
  });
});
