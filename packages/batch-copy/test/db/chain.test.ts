import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Chain } from "../../dist/transaction/guard.js";
import { LaneSource } from "../../dist/transaction/lane-source.js";
import { LaneSources } from "../../dist/transaction/lane-sources.js";
import { LedgerGuard } from "../../dist/transaction/ledger-guard.js";
import { LedgerStatements } from "../../dist/transaction/ledger-statements.js";
import type { Session } from "../../dist/transaction/session.js";
import { useDatabase } from "../helpers/database.js";

const db = useDatabase();

const statements = new LedgerStatements("ledger");
const lanes = new LaneSources({ statements, session: "", maxIdleMs: 0 });
const guard = new LedgerGuard({ statements, lanes, lockTimeoutMs: undefined });
const session = {
  client: {},
  origin: { isPooled: false },
  isReadCommitted: true,
} as unknown as Session;

/** What a transaction says about its place in the chain. */
async function lockOf(chain: Omit<Chain, "key">): Promise<string> {
  const moves = [{ source: new LaneSource(), from: 0n, to: 1n }];
  const order = { rows: 1, moves, isOfLane: false, chain: { ...chain, key: 7 }, onForgotten() {} };
  const { before, after } = await guard.begin(session, order);
  const { sql } = [...before, ...after].find((each) => each.sql.includes("advisory"))!;
  return sql;
}

describe("the chain of batches", () => {
  it("goes on after as many of them as a lock has numbers", async () => {
    const first = await db.pool.connect();
    const second = await db.pool.connect();
    try {
      await second.query("SET lock_timeout = 50");
      for (const place of [1, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32]) {
        const hold = await lockOf({ place: place - 1, onHeld() {}, waits: false });
        const wait = await lockOf({ place, onHeld: undefined, waits: true });
        await first.query(`BEGIN; ${hold}`);
        await assert.rejects(second.query(wait), { code: "55P03" }, `place ${place}`);
        await first.query("COMMIT");
        await second.query(wait);
      }
    } finally {
      first.release(true);
      second.release(true);
    }
  });
});
