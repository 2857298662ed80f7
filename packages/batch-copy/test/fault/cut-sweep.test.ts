import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { countFaults, cutSummary } from "../helpers/fault/cut-summary.js";
import {
  runCutSweep,
  type CutSweepOptions,
  type CutSweepResult,
} from "../helpers/fault/cut-sweep.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";

const db = useDatabase();

describe("connections that are cut at every message and at random bytes", () => {
  async function sweep(
    test: TestContext,
    part: Pick<CutSweepOptions, "name" | "constraint">,
    cuts: number,
  ): Promise<CutSweepResult> {
    const seed = chooseSeed();
    const result = await runCutSweep(db, {
      ...part,
      cuts,
      seed,
      onProgress: (done, rows) => tell(`${done} of ${cuts} cuts, ${rows} rows`),
    });
    const { report, faults, connections, seconds } = result;
    test.diagnostic(
      `${faults.length} cuts of ${connections} connections in ${seconds.toFixed()} s, FAULT_SEED=${seed}`,
    );
    tell(cutSummary(result));
    assert.deepEqual(report.problems, []);
    const { undelivered, inDoubt, refused } = report.fates;
    assert.deepEqual([undelivered, inDoubt, refused], [0, 0, 0]);
    return result;
  }

  it("lose no row and double none, whatever was under way", async (test) => {
    const cuts = extent("FAULT_CUTS", { daily: 250, long: 12_000 });
    const result = await sweep(test, { name: "swept" }, cuts);
    assert.ok(countFaults(result, "committing") >= cuts / 6);
  });

  it("leave no keys behind that the next attempt would trip over", async (test) => {
    const cuts = extent("FAULT_KEYED_CUTS", { daily: 60, long: 2000 });
    await sweep(test, { name: "keyed", constraint: "PRIMARY KEY (id)" }, cuts);
  });
});
