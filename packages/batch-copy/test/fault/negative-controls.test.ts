import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { runCutSweep } from "../helpers/fault/cut-sweep.js";
import { chooseSeed } from "../helpers/fault/extent.js";
import { runMutated } from "../helpers/fault/run-mutated.js";

const db = useDatabase();

// A check that cannot fail proves nothing.
describe("the checks fail when", () => {
  it("nobody asks whether a commit took effect that was cut off: rows are doubled", async (test) => {
    const output = await runMutated("never-asks", "cut-sweep", {
      FAULT_CUTS: "100",
      FAULT_KEYED_CUTS: "1",
    });
    test.diagnostic(complaintIn(output, "doubled"));
  });

  it("the bare answer to that is believed after crashes: rows are lost", async (test) => {
    const output = await runMutated("believes-bare-status", "backend-kills", { FAULT_KILLS: "12" });
    test.diagnostic(complaintIn(output, "lost"));
  });

  it("nothing is tried again: rows come back", async () => {
    const { report } = await runCutSweep(db, {
      name: "given_up",
      cuts: 100,
      seed: chooseSeed(),
      options: { retry: { timeoutMs: 0 } },
    });
    assert.deepEqual(report.problems, []);
    assert.ok(report.fates.undelivered > 0);
  });
});

/** What the failed test complains of. */
function complaintIn(output: string, problem: string): string {
  const pattern = new RegExp(`not ok[^]*?'(\\d+ rows ${problem} .*)'`);
  const [, complaint] = pattern.exec(output) ?? [];
  assert.ok(complaint, output);
  return complaint;
}
