import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { chooseSeed } from "../helpers/fault/extent.js";
import { allFaults } from "../helpers/server-faults/all-faults.js";
import { loseAnswers } from "../helpers/server-faults/process-faults.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { strike } from "../helpers/server-faults/server-fault.js";
import { Stage } from "../helpers/server-faults/stage.js";

const scene = await Scene.open();
after(() => scene.close());

describe("under load, no row is lost and none doubled when", () => {
  for (const fault of allFaults) {
    it(fault.what, { skip: fault.skip ?? false }, async (test) => {
      const seed = chooseSeed();
      await using stage = await Stage.open(scene, seed);
      await strike(stage, fault);
      const met = [...stage.met].toSorted().join(" ");
      const report = await stage.end();
      const { retries, inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = stage.stats;
      test.diagnostic(
        `${report.present} rows, ${retries} retries for ${met}; in doubt: ${inDoubtCommitted} ` +
          `committed, ${inDoubtAborted} aborted, ${inDoubtUnknown} unknown; FAULT_SEED=${seed}`,
      );
      assert.deepEqual(report.problems, []);
      assert.ok(stage.troubles > 0);
    });
  }
});

describe("a commit whose answer is lost is known to be one after the server went down by", () => {
  for (const mode of ["fast", "immediate", "kill"] as const) {
    it(mode, async () => {
      await using stage = await Stage.open(scene, chooseSeed());
      await loseAnswers(stage, mode);
      await stage.untilFlowing();
      const report = await stage.end();
      assert.deepEqual(report.problems, []);
      const { inDoubtCommitted, inDoubtUnknown } = stage.stats;
      assert.ok(inDoubtCommitted > 0);
      assert.equal(inDoubtUnknown, 0);
    });
  }
});
