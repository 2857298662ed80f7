import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { runCounterSweep } from "../helpers/fault/counter-sweep.js";
import { counted, countedAndRefused, latest } from "../helpers/fault/counter-table.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";

const db = useDatabase();

describe("connections that are cut at every message while rows are upserted", () => {
  for (const connections of [2, 3]) {
    for (const [n, kind] of [counted, countedAndRefused, latest].entries()) {
      it(`lose no write, apply none twice, and keep the order of rows ${kind.what}, over ${connections} connections`, async (test) => {
        const seed = chooseSeed();
        const cuts = extent("FAULT_UPSERT_CUTS", { daily: 90, long: 2000 });
        const name = `counters_${n}_${connections}`;
        const result = await runCounterSweep(db, {
          kind,
          name,
          connections,
          cuts,
          seed,
          onProgress: (done, rows) => tell(`${done} of ${cuts} cuts, ${rows} rows`),
        });
        const { faults, cutWhileHeld, rows, keys, refused, stats } = result;
        const committing = faults.filter(({ phase }) => phase === "committing").length;
        const summary =
          `${kind.form}: ${faults.length} cuts, ${committing} during commits, ${cutWhileHeld} before a turn; ` +
          `${rows} rows of ${keys} keys, ${refused} refused; ${stats.retries} retries; in doubt: ` +
          `${stats.inDoubtCommitted} committed, ${stats.inDoubtAborted} aborted; FAULT_SEED=${seed}`;
        test.diagnostic(summary);
        tell(summary);
        assert.deepEqual(result.problems, []);
        assert.ok(committing >= cuts / 15, `${committing} cuts during commits`);
        // A few of a hundred: a short run may have none.
        assert.ok(cutWhileHeld > 0 || cuts < 300, "none are cut while they wait for their turn");
      });
    }
  }
});
