import { describe, it, type TestContext } from "node:test";

import { complaintIn } from "../helpers/fault/complaint-in.js";
import { runEdited } from "../helpers/fault/run-mutated.js";

const ALONE = "one after the other: a table without a key";
const SHARED = "share a directory: a table without a key";

/** Kills processes with this mutant, and expects a complaint. */
async function expectComplaint(
  test: TestContext,
  mutant: string,
  [cases, kills]: readonly [cases: string, kills: number],
  problem: RegExp,
): Promise<void> {
  const output = await runEdited(mutant, ["spool-kills", cases], {
    FAULT_SPOOL_KILLS: `${kills}`,
  });
  test.diagnostic(complaintIn(output, problem));
}

// A check that cannot fail proves nothing.
describe("killing processes with a spool shows", () => {
  it("that no transaction moves positions: rows that are there are taken for lost", (test) =>
    expectComplaint(test, "no-guard", [ALONE, 4], /rows doubled|the server has lost rows/));

  it("that rows are called durable before they are: they are lost", (test) =>
    expectComplaint(test, "acknowledged-early", [ALONE, 5], /rows lost/));

  it("that segments are removed before their rows are committed: these are lost", (test) =>
    expectComplaint(test, "removes-uncommitted", [ALONE, 10], /rows lost|has failed/));

  it("that living processes are taken for dead: they lose their streams", (test) =>
    expectComplaint(test, "takes-living", [SHARED, 5], /has failed/));

  it("that former rows are written without the claim of their source: some are doubled, or not written at all, or the ledger keeps a source, or nothing ends", (test) =>
    expectComplaint(
      test,
      "another-source",
      [ALONE, 6],
      /rows (?:doubled|lost)|the ledger has spool\/|timed out/,
    ));
});
