import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { allFaults } from "../helpers/server-faults/all-faults.js";
import { failoverFault } from "../helpers/server-faults/failover-fault.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { runStorm } from "../helpers/server-faults/storm.js";

const KINDS = [...allFaults, failoverFault].filter(({ skip }) => !skip);

const scene = await Scene.open();
after(() => scene.close());

describe("under load, through faults of all kinds", () => {
  it("no row is lost and none doubled", async () => {
    const seed = chooseSeed();
    const faults = extent("FAULT_SERVER_FAULTS", { daily: 8, long: 520 });
    const rows = extent("FAULT_SERVER_ROWS", { daily: 40_000, long: 21_000_000 });
    const start = performance.now();
    const seconds = (): string => ((performance.now() - start) / 1000).toFixed();
    const result = await runStorm(scene, KINDS, {
      faults,
      rows,
      seed,
      onProgress: (soFar) => console.log(`${soFar.faults} of ${faults} faults, ${seconds()} s`),
    });
    console.log(
      `${result.faults} faults in ${seconds()} s, FAULT_SEED=${seed}\n\n${result.summary}`,
    );
    assert.deepEqual(result.problems, []);
  });
});
