import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { killBackend } from "../helpers/server-faults/process-faults.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { strike } from "../helpers/server-faults/server-fault.js";
import { Stage } from "../helpers/server-faults/stage.js";

const scene = await Scene.open();
after(() => scene.close());

describe("backends that are killed while others are at work", () => {
  it("lose no row: each lane tells its transaction from those that got the same id", async (test) => {
    const seed = chooseSeed();
    const kills = extent("FAULT_KILLS", { daily: 5, long: 200 });
    await using stage = await Stage.open(scene, seed, { connections: 8, maxBatchRows: 50 });
    for (let kill = 1; kill <= kills; kill++) {
      await strike(stage, killBackend);
    }
    const report = await stage.end();
    const { inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = stage.stats;
    test.diagnostic(
      `${kills} kills, ${report.present} rows; in doubt: ${inDoubtCommitted} committed, ` +
        `${inDoubtAborted} not committed, ${inDoubtUnknown} unknown; FAULT_SEED=${seed}`,
    );
    assert.deepEqual(report.problems, []);
  });
});
