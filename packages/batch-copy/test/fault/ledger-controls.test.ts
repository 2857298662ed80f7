import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { runEdited } from "../helpers/fault/run-mutated.js";

// A check that cannot fail proves nothing.
describe("the checks of the ledger fail when", () => {
  it("no transaction moves the ledger: rows are doubled", async (test) => {
    const output = await runEdited("no-guard", ["ledger-cuts", "a table without a key"], {
      FAULT_LEDGER_CUTS: "100",
    });
    test.diagnostic(complaintIn(output, /rows doubled/));
  });

  it("the ledger is read without a lock: rows are said to be refused that are in the table", async (test) => {
    const output = await runEdited("plain-select", ["ledger-late", "are waited for"], {
      FAULT_LEDGER_LATE: "10",
    });
    test.diagnostic(complaintIn(output, /rows spurious/));
  });
});

/** What the failed test complains of. */
function complaintIn(output: string, problem: RegExp): string {
  const pattern = new RegExp(`not ok[^]*?'([^']*${problem.source}[^']*)'`);
  const [, complaint] = pattern.exec(output) ?? [];
  assert.ok(complaint, output);
  return complaint;
}
