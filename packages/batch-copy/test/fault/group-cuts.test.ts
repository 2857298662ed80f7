import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { runGroupSweep } from "../helpers/fault/group-sweep.js";
import { tally } from "../helpers/fault/tally.js";

const db = useDatabase();

/** What commits are looked up by, and how much is cut. */
const GUARDS = {
  "their transaction ids": {
    prefix: "",
    variable: "FAULT_GROUP_CUTS",
    cuts: { daily: 150, long: 5000 },
    options: {},
  },
  "a ledger": {
    prefix: "ledger_",
    variable: "FAULT_LEDGER_GROUP_CUTS",
    cuts: { daily: 40, long: 1500 },
    options: { ledger: { table: `${db.schema}.ledger` } },
  },
} as const;

describe("a group whose connections are cut, while one table is locked and one refuses rows", () => {
  for (const [guard, { prefix, variable, cuts, options }] of Object.entries(GUARDS)) {
    it(`loses no row of any table and doubles none, when commits are looked up by ${guard}`, async (test) => {
      const seed = chooseSeed();
      const { faults, stats, reports } = await runGroupSweep(db, {
        prefix,
        cuts: extent(variable, cuts),
        seed,
        options,
      });
      const problems = [...reports.values()].flatMap((report) => report.problems);
      tally({ cuts: faults.length, problems: problems.length });
      const summary =
        `${faults.length} cuts, ${stats.retries} retries; in doubt: ${stats.inDoubtCommitted} committed, ` +
        `${stats.inDoubtAborted} aborted; FAULT_SEED=${seed}`;
      test.diagnostic(summary);
      tell(summary);
      for (const [kind, report] of reports) {
        const { undelivered, inDoubt, refused } = report.fates;
        tell(`${kind}: ${report.present} rows, ${refused} refused`);
        assert.deepEqual(report.problems, [], kind);
        assert.deepEqual([undelivered, inDoubt], [0, 0], kind);
        assert.equal(refused > 0, kind === "picky", kind);
      }
    });
  }
});
