import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Copier, type Source } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { cutPlan } from "../helpers/fault/cut-plan.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";

const db = useDatabase();
const POISON = { invalid: "dead-letter" } as const;

interface Row {
  readonly id: number;
  readonly note: string;
}

/** What stands for a position: a row, one that the server rejects, an invalid one, several of these. */
function rowsOf(position: number): Row[] {
  const valid = { id: position, note: "" };
  const invalid = { id: position, note: 1 } as never as Row;
  switch (position % 5) {
    case 1:
      return [invalid];
    case 2:
      return [{ id: position, note: "rejected" }];
    case 3:
      return [valid, invalid];
    default:
      return [valid];
  }
}

function isWritten(position: number): boolean {
  return position % 5 === 0 || position % 5 === 4;
}

/** One entry for each row. */
function expected(count: number, isWanted: (position: number) => boolean): number[] {
  return Array.from({ length: count }, (_, position) => position)
    .filter(isWanted)
    .flatMap((position) => rowsOf(position).map(({ id }) => id));
}

async function numbersIn(name: string, column: string): Promise<number[]> {
  const rows = await db.rows<{ number: number }>(
    `SELECT ${column}::int AS number FROM ${name} ORDER BY 1`,
  );
  return rows.map(({ number }) => number);
}

describe("connections that are cut while a source has invalid rows", () => {
  it("leave each row once, in its table or among the letters, whoever owns the source", async (test) => {
    const seed = chooseSeed();
    const cuts = extent("FAULT_INVALID_CUTS", { daily: 150, long: 5000 });
    const [name, letters] = [`${db.schema}.sourced`, `${db.schema}.letters`];
    await db.pool.query(`CREATE TABLE ${name} (id int, note text CHECK (note <> 'rejected'))`);
    await using proxy = await FaultProxy.start();
    const copier = await Copier.connect<Row>(name, {
      databaseUrl: proxy.url,
      deadLetters: letters,
      ledger: { table: `${db.schema}.ledger` },
      connections: 2,
      maxBatchRows: 20,
      flushIntervalMs: 5,
      retry: { minDelayMs: 1, maxDelayMs: 20 },
    });
    let source = await copier.source("cut", { start: 0 });
    let next = 0;
    let owners = 1;
    proxy.plan((connection) => cutPlan(seed, connection));
    proxy.strike("cut");
    while (proxy.faults.length < cuts) {
      await source.sendMany(rowsOf(next), next, POISON);
      next++;
      if (next % 200 === 0) {
        // What was accepted and is not committed belongs to the next owner.
        source = await reopened(copier);
        next = Number(source.position);
        owners++;
      }
      await sleep(1);
    }
    proxy.plan(() => undefined);
    await source.flush();
    const { retries, inDoubtCommitted, inDoubtAborted } = copier.stats;
    await copier.close();
    assert.deepEqual(await numbersIn(name, "id"), expected(next, isWritten));
    assert.deepEqual(
      await numbersIn(letters, "position"),
      expected(next, (position) => !isWritten(position)),
    );
    const summary =
      `${next} positions, ${owners} owners, ${proxy.faults.length} cuts, ${retries} retries, ` +
      `${inDoubtCommitted} + ${inDoubtAborted} in doubt, FAULT_SEED=${seed}`;
    test.diagnostic(summary);
    tell(summary);
  });
});

/** A claim that is cut rejects. It may be committed, and is made again. */
async function reopened(copier: Copier<Row>): Promise<Source<Row>> {
  let error: unknown;
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      return await copier.source("cut");
    } catch (thrown) {
      error = thrown;
    }
  }
  throw error;
}
