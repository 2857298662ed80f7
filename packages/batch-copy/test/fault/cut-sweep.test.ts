import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { countFaults, cutSummary } from "../helpers/fault/cut-summary.js";
import { runCutSweep } from "../helpers/fault/cut-sweep.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";

const db = useDatabase();

describe("connections that are cut at every message and at random bytes", () => {
  it("lose no row and double none, whatever was under way", async (test) => {
    const seed = chooseSeed();
    const cuts = extent("FAULT_CUTS", { daily: 300, long: 12_000 });
    const result = await runCutSweep(db, {
      name: "swept",
      cuts,
      seed,
      onProgress: (done, rows) => tell(`${done} of ${cuts} cuts, ${rows} rows`),
    });
    const { report, faults, connections, seconds } = result;
    const summary = cutSummary(result);
    test.diagnostic(
      `${faults.length} cuts of ${connections} connections in ${seconds.toFixed()} s, FAULT_SEED=${seed}`,
    );
    tell(summary);
    assert.deepEqual(report.problems, []);
    const { undelivered, inDoubt, refused } = report.fates;
    assert.deepEqual([undelivered, inDoubt, refused], [0, 0, 0]);
    assert.ok(countFaults(result, "committing") >= faults.length / 5, summary);
  });
});
