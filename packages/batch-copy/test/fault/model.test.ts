import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as fc from "fast-check";

import { useDatabase } from "../helpers/database.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { actions, setting } from "../helpers/fault/model/action.js";
import type { Action, Setting } from "../helpers/fault/model/action.js";
import { createStage, type Stage } from "../helpers/fault/model/stage.js";
import { World } from "../helpers/fault/model/world.js";

/** Sequences that run side by side. */
const STAGES = 4;

const PROGRESS_MS = 5000;

const db = useDatabase();

async function play(stage: Stage, options: Setting, sequence: readonly Action[]): Promise<void> {
  await using world = await World.open(stage, options);
  for (const action of sequence) {
    await world.perform(action);
  }
  assert.deepEqual(await world.end(), []);
}

/** Plays sequences on a table of its own, until one fails here or, as `hasFailed` says, elsewhere. */
async function playMany(
  index: number,
  parameters: fc.Parameters<[Setting, Action[]]>,
  { hasFailed, onPlayed }: { hasFailed: () => boolean; onPlayed: () => void },
): Promise<void> {
  const stage = await createStage(db, `stage_${index}`);
  const property = fc.asyncProperty(setting, actions, async (options, sequence) => {
    if (!hasFailed()) {
      await play(stage, options, sequence);
      onPlayed();
    }
  });
  await fc.assert(property, parameters);
}

describe("random sequences of calls and faults", () => {
  it("end as the model says", async (test) => {
    const seed = chooseSeed();
    const sequences = extent("FAULT_SEQUENCES", { daily: 300, long: 12_000 });
    let played = 0;
    let failedOn: number | undefined;
    const ticker = setInterval(() => {
      tell(`${played} of ${sequences} sequences`);
    }, PROGRESS_MS);
    const runs = Array.from({ length: STAGES }, (_, index) =>
      playMany(
        index,
        { numRuns: Math.ceil(sequences / STAGES), seed: seed + index },
        {
          hasFailed: () => failedOn !== undefined && failedOn !== index,
          onPlayed: () => played++,
        },
      ).catch((error: unknown) => {
        failedOn = index;
        throw error;
      }),
    );
    const results = await Promise.allSettled(runs);
    clearInterval(ticker);
    test.diagnostic(`${played} sequences, FAULT_SEED=${seed}`);
    for (const result of results) {
      assert.ok(result.status === "fulfilled", result.status === "rejected" ? result.reason : "");
    }
  });
});
