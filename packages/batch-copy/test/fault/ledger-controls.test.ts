import { describe, it } from "node:test";

import { complaintIn } from "../helpers/fault/complaint-in.js";
import { runEdited } from "../helpers/fault/run-mutated.js";

// A check that cannot fail proves nothing.
describe("the checks of the ledger fail when", () => {
  it("no transaction moves the ledger: rows are doubled", async (test) => {
    const output = await runEdited("no-guard", ["ledger-cuts", "a table without a key"], {
      FAULT_LEDGER_CUTS: "60",
    });
    test.diagnostic(complaintIn(output, /rows doubled/));
  });

  it("the ledger is read without a lock: rows are said to be refused that are in the table", async (test) => {
    const output = await runEdited("plain-select", ["ledger-late", "are waited for"], {
      FAULT_LEDGER_LATE: "2",
    });
    test.diagnostic(complaintIn(output, /rows (?:spurious|lost)/));
  });

  it("a doubt is not looked up before the rows are sent again: they are refused falsely", async (test) => {
    const output = await runEdited("no-inquiry", ["source-duplicates", "answer"], {});
    test.diagnostic(complaintIn(output, /deep-equal/));
  });

  it("a refusal is believed whoever owns the source by then: rows of others are refused", async (test) => {
    const output = await runEdited("believes-refusals", ["source-duplicates", "another owner"], {});
    test.diagnostic(complaintIn(output, /deep-equal/));
  });

  it("owners are counted: two of them write after a failover that has lost a claim", async (test) => {
    const output = await runEdited(
      "counted-owners",
      ["source-failover", "belong to whoever claimed them"],
      {},
    );
    test.diagnostic(complaintIn(output, /Missing expected rejection/));
  });
});
