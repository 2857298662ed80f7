import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Copier, int4, text } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import type { Plan } from "../helpers/fault/plan.js";

const db = useDatabase();
const ledger = { table: `${db.schema}.ledger` };
const NUMBERED = { id: int4, note: text };

/** As many queries as a claim has, and as the look-up of a commit has. */
const QUERIES = 10;
const PATIENCE_MS = 3000;

/** Holds everything back before the nth query of each connection. */
function standstillBefore(nth: number): Plan {
  return { at: { direction: "toServer", side: "before", type: "Q", nth }, fault: "stall" };
}

describe("an owner that stands still does not hold up the next one", () => {
  for (const [what, plan] of Object.entries({
    "when it claims a source": undefined,
    "when it looks up whether a commit took effect": {
      at: { direction: "toClient", side: "before", type: "G", nth: 1 },
      fault: "cut",
    },
  } satisfies Record<string, Plan | undefined>)) {
    it(what, async () => {
      const name = plan === undefined ? "claimed" : "looked_up";
      const table = await db.create(name, NUMBERED);
      for (let nth = 1; nth <= QUERIES; nth++) {
        await using proxy = await FaultProxy.start();
        const options = { ledger, connections: 1, flushIntervalMs: 1 };
        const former = await Copier.connect(table, { ...options, databaseUrl: proxy.url });
        await using next = await Copier.connect(table, { ...options, databaseUrl: db.url });
        const source = `${name}/${nth}`;
        if (plan === undefined) {
          proxy.plan(() => standstillBefore(nth));
          proxy.strike("cut");
          await eventually(() => proxy.phases.length === 0, "its first connection is gone");
          former.source(source, { start: 0 }).catch(() => {});
        } else {
          const opened = await former.source(source, { start: 0, onLost: () => {} });
          proxy.plan(() => plan);
          proxy.strike("cut");
          await opened.send({ id: nth, note: "" }, 0);
          await eventually(
            () => proxy.faults.some(({ at }) => at === plan.at),
            "its commit is cut",
          );
          proxy.plan(() => standstillBefore(nth));
        }
        await sleep(100);
        const claimed = next.source(source, { start: 0 }).then(() => "claimed");
        const waited = sleep(PATIENCE_MS, "waited", { ref: false });
        assert.equal(await Promise.race([claimed, waited]), "claimed", `before query ${nth}`);
        proxy.strike("cut");
        await former.close({ timeoutMs: 0 }).catch(() => {});
      }
    });
  }
});
