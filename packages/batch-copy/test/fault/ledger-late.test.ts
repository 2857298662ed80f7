import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { commitLate } from "../helpers/server-faults/hold-commits.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { Stage } from "../helpers/server-faults/stage.js";

const scene = await Scene.open();
after(() => scene.close());

describe("with a ledger, backends that commit after their connections were cut", () => {
  it("are waited for: no row is lost, doubled or refused falsely", async (test) => {
    const seed = chooseSeed();
    const times = extent("FAULT_LEDGER_LATE", { daily: 2, long: 150 });
    await using stage = await Stage.open(scene, seed, { ledger: true });
    await stage.sql(`ALTER TABLE ${stage.name} ADD PRIMARY KEY (id)`);
    for (let time = 0; time < times; time++) {
      await commitLate(stage);
      await stage.untilFlowing();
    }
    const report = await stage.end();
    const { inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = stage.stats;
    tally({ cuts: times, problems: report.problems.length });
    test.diagnostic(
      `${times} times, ${report.present} rows; in doubt: ${inDoubtCommitted} committed, ` +
        `${inDoubtAborted} not committed, ${inDoubtUnknown} unknown; FAULT_SEED=${seed}`,
    );
    assert.deepEqual(report.problems, []);
    assert.deepEqual([report.fates.refused, report.fates.inDoubt], [0, 0]);
    assert.ok(inDoubtCommitted > 0);
  });
});
