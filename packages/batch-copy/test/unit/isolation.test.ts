import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Fate } from "../../dist/delivery/fate.js";
import { Isolation, type IsolationPort } from "../../dist/delivery/isolation.js";
import type { PgServerError } from "../../dist/transaction/server-error.js";

/** A batch, and how its server would answer. */
interface Scene {
  readonly rows: number;
  /** Rows that are refused whatever else is there. */
  readonly bad: ReadonlySet<number>;
  /** Whether errors name their row. */
  readonly hasLines: boolean;
  /** Whether the row that an error names has to be tried alone. */
  readonly isDoubtful?: boolean;
  /** From this transaction on everything is given up. */
  readonly lostAfter?: number;
  /** From the one transaction to the other everything is refused. */
  readonly troubleFrom?: number;
  readonly troubleUntil?: number;
  /** The transaction whose outcome is unknown. */
  readonly unknownAt?: number;
}

interface Result {
  readonly fates: readonly string[];
  /** Committed rows in the order of their commits. */
  readonly committed: readonly number[];
  readonly transactions: number;
  readonly rowsSent: number;
}

const error = (row: number): PgServerError =>
  Object.assign(new Error(`row ${row}`), { code: "23514", severity: "ERROR" });

async function isolate(scene: Scene): Promise<Result> {
  const fates: string[] = Array.from({ length: scene.rows }, () => "-");
  const committed: number[] = [];
  let transactions = 0;
  let rowsSent = 0;
  const answer = (from: number, to: number): Fate => {
    transactions++;
    rowsSent += to - from;
    if (transactions > (scene.lostAfter ?? Infinity)) {
      return { kind: "lost", error: new Error("lost") };
    }
    if (transactions === scene.unknownAt) {
      return { kind: "unknown", error: new Error("unknown"), xid: "1", source: undefined };
    }
    const { troubleFrom = 0, troubleUntil = 0 } = scene;
    const isTroubled = transactions >= troubleFrom && transactions <= troubleUntil;
    for (let row = from; row < to; row++) {
      if (scene.bad.has(row) || isTroubled) {
        const isDoubtful = (scene.isDoubtful ?? false) && to - from > 1;
        const named = scene.hasLines ? row - from : undefined;
        const refusal = { error: error(row), place: "statement", row: named } as const;
        return { kind: "refused", ...refusal, isDoubtful, doubtful: undefined };
      }
    }
    return { kind: "committed", written: [] };
  };
  const port: IsolationPort = {
    rows: scene.rows,
    deliver: (from, to) => Promise.resolve(answer(from, to)),
    unitAround: (row) => ({ from: row, to: row + 1 }),
    settle(from, to, fate) {
      for (let row = from; row < to; row++) {
        assert.equal(fates[row], "-", `row ${row} is settled once`);
        fates[row] = fate.kind;
        if (fate.kind === "committed") committed.push(row);
      }
    },
  };
  const first = answer(0, scene.rows);
  assert.ok(first.kind === "refused");
  await new Isolation(port, first).run();
  return { fates, committed, transactions, rowsSent };
}

function spread(rows: number, count: number): Set<number> {
  // A fixed permutation: bad rows lie anywhere, and each run is the same.
  return new Set(Array.from({ length: count }, (_, i) => (i * 7919 + 13) % rows));
}

const expected = ({ rows, bad }: Scene): string[] =>
  Array.from({ length: rows }, (_, row) => (bad.has(row) ? "refused" : "committed"));

describe("isolation", () => {
  for (const hasLines of [true, false]) {
    const how = hasLines ? "by their line" : "by halving";
    for (const [rows, count] of [
      [1, 1],
      [2, 1],
      [2, 2],
      [7, 3],
      [100, 1],
      [100, 100],
      [1000, 10],
    ] as const) {
      it(`finds ${count} of ${rows} rows ${how}, and commits the others in order`, async () => {
        const scene = { rows, bad: spread(rows, count), hasLines };
        const { fates, committed } = await isolate(scene);
        assert.deepEqual(fates, expected(scene));
        assert.deepEqual(
          committed,
          committed.toSorted((a, b) => a - b),
        );
      });
    }
  }

  it("costs near 3 k transactions and 4 times the rows where lines are given", async () => {
    const [rows, count] = [8000, 80];
    const result = await isolate({ rows, bad: spread(rows, count), hasLines: true });
    assert.ok(result.transactions <= 3.2 * count, `${result.transactions} transactions`);
    assert.ok(result.rowsSent <= 4.5 * rows, `${result.rowsSent} rows`);
  });

  it("costs 2 k (log2(n / k) + 2) transactions where they are not", async () => {
    const [rows, count] = [8000, 80];
    const result = await isolate({ rows, bad: spread(rows, count), hasLines: false });
    const limit = 2 * count * (Math.log2(rows / count) + 2) + 20;
    assert.ok(result.transactions <= limit, `${result.transactions} of ${limit} transactions`);
  });

  it("gives up all that is left when the server is lost", async () => {
    const scene = { rows: 100, bad: new Set([10, 50]), hasLines: true, lostAfter: 2 };
    const { fates } = await isolate(scene);
    assert.deepEqual(
      fates,
      Array.from({ length: 100 }, (_, row) =>
        row < 10 ? "committed" : row === 10 ? "refused" : "lost",
      ),
    );
  });

  it("leaves rows unknown by themselves, and goes on with the others", async () => {
    const scene = { rows: 100, bad: new Set([10, 50]), hasLines: true, unknownAt: 2 };
    const { fates } = await isolate(scene);
    assert.deepEqual(
      fates.slice(0, 10),
      Array.from({ length: 10 }, () => "unknown"),
    );
    assert.equal(fates.filter((fate) => fate === "committed").length, 88);
  });

  for (const hasLines of [true, false]) {
    it(`tries a row alone that a doubtful error names, lines ${hasLines ? "given" : "not given"}`, async () => {
      const scene = { rows: 50, bad: new Set([0, 1, 30]), hasLines, isDoubtful: true };
      const { fates, committed } = await isolate(scene);
      assert.deepEqual(fates, expected(scene));
      assert.deepEqual(
        committed,
        committed.toSorted((a, b) => a - b),
      );
    });

    it(`commits all rows after trouble that passes, lines ${hasLines ? "given" : "not given"}`, async () => {
      const bad = new Set<number>();
      const scene = { rows: 8, bad, hasLines, isDoubtful: true, troubleUntil: 1 };
      const { fates } = await isolate(scene);
      assert.deepEqual(fates, expected(scene));
    });
  }

  it("commits a row that a doubtful error named, and blames no other for it", async () => {
    // The whole batch and the prefix are refused; the rows alone are not.
    const scene = { rows: 20, bad: new Set([15]), hasLines: true, isDoubtful: true };
    const { fates } = await isolate({ ...scene, troubleFrom: 2, troubleUntil: 2 });
    assert.deepEqual(fates, expected(scene));
  });
});
