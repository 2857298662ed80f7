import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { runCounterSweep } from "../helpers/fault/counter-sweep.js";
import { counted, countedAndRefused, latest } from "../helpers/fault/counter-table.js";
import { countFaults, cutSummary } from "../helpers/fault/cut-summary.js";
import { runCutSweep, type CutSweepOptions } from "../helpers/fault/cut-sweep.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";

const db = useDatabase();
const ledger = { table: `${db.schema}.ledger` };

/** How many sources a ledger has. */
async function countSources(): Promise<number> {
  const rows = await db.rows(`SELECT FROM ${ledger.table}`);
  return rows.length;
}

const SWEEPS: Readonly<Record<string, Pick<CutSweepOptions, "name" | "constraint" | "isolation">>> =
  {
    "a table without a key": { name: "swept" },
    "a table with a key": { name: "keyed", constraint: "PRIMARY KEY (id)" },
    "a table where transactions are REPEATABLE READ": {
      name: "repeatable",
      constraint: "PRIMARY KEY (id)",
      isolation: "repeatable read",
    },
    "a table where transactions are SERIALIZABLE": {
      name: "serializable",
      constraint: "PRIMARY KEY (id)",
      isolation: "serializable",
    },
  };

describe("connections of a copier with a ledger that are cut at every message", () => {
  for (const [what, part] of Object.entries(SWEEPS)) {
    it(`lose no row, double none and leave no doubt: ${what}`, async (test) => {
      const seed = chooseSeed();
      const cuts = extent("FAULT_LEDGER_CUTS", { daily: 24, long: 1000 });
      const result = await runCutSweep(db, {
        ...part,
        cuts,
        seed,
        options: { ledger },
        onProgress: (done, rows) => tell(`${done} of ${cuts} cuts, ${rows} rows`),
      });
      const { report, faults, stats, seconds } = result;
      tally({ cuts: faults.length, problems: report.problems.length });
      test.diagnostic(`${faults.length} cuts in ${seconds.toFixed()} s, FAULT_SEED=${seed}`);
      tell(cutSummary(result));
      assert.deepEqual(report.problems, []);
      const { undelivered, inDoubt, refused } = report.fates;
      assert.deepEqual([undelivered, inDoubt, refused], [0, 0, 0]);
      assert.equal(stats.inDoubtUnknown, 0);
      assert.equal(stats.rowsForgotten, 0);
      assert.ok(countFaults(result, "committing") > 0);
      assert.equal(await countSources(), 0);
    });
  }

  for (const [n, kind] of [counted, countedAndRefused, latest].entries()) {
    it(`lose no upsert, apply none twice, and keep the order of rows ${kind.what}`, async (test) => {
      const seed = chooseSeed();
      const cuts = extent("FAULT_LEDGER_UPSERT_CUTS", { daily: 20, long: 500 });
      const { faults, rows, refused, stats, problems } = await runCounterSweep(db, {
        kind,
        name: `counters_${n}`,
        connections: 3,
        options: { ledger },
        cuts,
        seed,
        onProgress: (done, sent) => tell(`${done} of ${cuts} cuts, ${sent} rows`),
      });
      tally({ cuts: faults.length, problems: problems.length });
      const summary =
        `${kind.form}: ${faults.length} cuts, ${rows} rows, ${refused} refused; in doubt: ` +
        `${stats.inDoubtCommitted} committed, ${stats.inDoubtAborted} aborted; FAULT_SEED=${seed}`;
      test.diagnostic(summary);
      tell(summary);
      assert.deepEqual(problems, []);
      assert.equal(stats.inDoubtUnknown, 0);
    });
  }
});
