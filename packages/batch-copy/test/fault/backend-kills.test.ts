import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { killBackend } from "../helpers/server-faults/process-faults.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { strike } from "../helpers/server-faults/server-fault.js";
import { Stage } from "../helpers/server-faults/stage.js";

const scene = await Scene.open();
after(() => scene.close());

describe("backends that are killed while others are at work", () => {
  for (const [what, variable, long, guard] of [
    ["each lane tells its transaction from those that got the same id", "FAULT_KILLS", 200, {}],
    ["the ledger tells what was committed", "FAULT_LEDGER_KILLS", 100, { ledger: true }],
  ] as const) {
    it(`lose no row: ${what}`, async (test) => {
      const seed = chooseSeed();
      const kills = extent(variable, { daily: 5, long });
      await using stage = await Stage.open(scene, seed, {
        connections: 8,
        maxBatchRows: 50,
        ...guard,
      });
      for (let kill = 1; kill <= kills; kill++) {
        await strike(stage, killBackend);
      }
      const report = await stage.end();
      const { inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = stage.stats;
      test.diagnostic(
        `${kills} kills, ${report.present} rows; in doubt: ${inDoubtCommitted} committed, ` +
          `${inDoubtAborted} not committed, ${inDoubtUnknown} unknown; FAULT_SEED=${seed}`,
      );
      tally({ serverKills: kills, problems: report.problems.length });
      assert.deepEqual(report.problems, []);
      assert.ok(!("ledger" in guard) || inDoubtUnknown === 0);
    });
  }
});
