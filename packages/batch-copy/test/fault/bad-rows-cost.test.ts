import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { text } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";
import { constraintRefusals } from "../helpers/refusals/constraint-refusals.js";
import { deliverSeeded } from "../helpers/refusals/deliver-seeded.js";
import { refusal, type Refusal } from "../helpers/refusals/refusal.js";
import { seedRows } from "../helpers/refusals/seeded-rows.js";

const db = useDatabase();
const check = refusal(
  "CHECK",
  "23514",
  text,
  { good: "g".repeat(100), bad: "b".repeat(100) },
  { rule: "ALTER TABLE {t} ADD CHECK (v ~ 'g')" },
);
const foreignKey = constraintRefusals.find(({ what }) => what.startsWith("FOREIGN KEY ("))!;

interface Cost {
  readonly transactions: number;
  readonly bytes: number;
}

let tables = 0;

/** What one batch costs in which those rows are bad. */
async function costOf(kind: Refusal, count: number, isBad: (id: number) => boolean): Promise<Cost> {
  await using proxy = await FaultProxy.start();
  const rows = seedRows(kind, count, isBad, new SeededRandom(1));
  await deliverSeeded(db, `cost_${tables++}`, kind, rows, {
    databaseUrl: proxy.url,
    maxBatchRows: count,
    flushIntervalMs: 60_000,
  });
  return { transactions: proxy.messages("toClient", "G"), bytes: proxy.sentBytes };
}

/** So many of the rows, in no order. */
function some(bad: number, count: number): (id: number) => boolean {
  const random = new SeededRandom(2);
  const ids = new Set<number>();
  while (ids.size < bad) {
    ids.add(random.below(count));
  }
  return (id) => ids.has(id);
}

describe("with n rows in a batch, k of them bad, isolation costs", () => {
  for (const [n, k] of [
    [8000, 80],
    [1000, 1],
    [1000, 100],
    [1000, 1000],
  ] as const) {
    it(`3 k transactions and 4 to 5 times the bytes where the server gives a line (${n}, ${k})`, async (test) => {
      const whole = await costOf(check, n, () => false);
      const { transactions, bytes } = await costOf(check, n, some(k, n));
      const times = (bytes / whole.bytes).toFixed(2);
      test.diagnostic(`n ${n}, k ${k}: ${transactions} transactions, ${times} times the bytes`);
      assert.equal(whole.transactions, 1);
      assert.ok(transactions <= 3 * k + 10, `${transactions} transactions`);
      assert.ok(bytes <= 5 * whole.bytes + 200 * transactions, `${times} times the bytes`);
    });

    it(`2 k (log2(n / k) + 2) transactions where it does not (${n}, ${k})`, async (test) => {
      const { transactions } = await costOf(foreignKey, n, some(k, n));
      const limit = 2 * k * (Math.log2(n / k) + 2) + 10;
      test.diagnostic(`n ${n}, k ${k}: ${transactions} transactions, limit ${limit.toFixed()}`);
      assert.ok(transactions <= limit, `${transactions} transactions, limit ${limit}`);
    });
  }
});
