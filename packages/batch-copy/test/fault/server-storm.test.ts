import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { allFaults } from "../helpers/server-faults/all-faults.js";
import { failoverFault } from "../helpers/server-faults/failover-fault.js";
import { processFaults } from "../helpers/server-faults/process-faults.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { runStorm } from "../helpers/server-faults/storm.js";
import { serializationFault } from "../helpers/server-faults/transaction-faults.js";

const KINDS = [...allFaults, failoverFault].filter(({ skip }) => !skip);

const scene = await Scene.open();
after(() => scene.close());

/** What commits are looked up by, and how much befalls the server. */
const GUARDS = {
  // What cannot be known is handed back, so that nothing may be doubled.
  "their transaction ids": {
    guard: { onInDoubt: "reject" },
    kinds: KINDS,
    faults: () => extent("FAULT_SERVER_FAULTS", { daily: 8, long: 520 }),
    rows: () => extent("FAULT_SERVER_ROWS", { daily: 40_000, long: 21_000_000 }),
  },
  "a ledger": {
    guard: { ledger: true },
    kinds: KINDS.filter((kind) => kind !== serializationFault),
    faults: () => extent("FAULT_LEDGER_SERVER_FAULTS", { daily: 4, long: 120 }),
    rows: () => extent("FAULT_LEDGER_SERVER_ROWS", { daily: 10_000, long: 2_000_000 }),
  },
} as const;

describe("under load, through faults of all kinds", () => {
  for (const [what, { guard, kinds, faults, rows }] of Object.entries(GUARDS)) {
    it(`no row is lost and none doubled, when commits are looked up by ${what}`, async () => {
      const seed = chooseSeed();
      const count = faults();
      const start = performance.now();
      const seconds = (): string => ((performance.now() - start) / 1000).toFixed();
      const result = await runStorm(scene, kinds, {
        faults: count,
        rows: rows(),
        seed,
        guard,
        onProgress: (soFar) => console.log(`${soFar.faults} of ${count} faults, ${seconds()} s`),
      });
      tally({
        serverKills: result.countOf(processFaults),
        promotions: result.countOf([failoverFault]),
        problems: result.problems.length,
      });
      console.log(
        `${result.faults} faults in ${seconds()} s, FAULT_SEED=${seed}\n\n${result.summary}`,
      );
      assert.deepEqual(result.problems, []);
      assert.ok(!("ledger" in guard) || result.unknown === 0);
    });
  }
});
