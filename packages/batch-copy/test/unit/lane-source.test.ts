import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Incarnation } from "../../dist/transaction/incarnation.js";
import { LaneSource } from "../../dist/transaction/lane-source.js";

const SERVER: Incarnation = {
  system: "1",
  timeline: "00000001",
  statsReset: "",
  checkpoint: "0/1",
  firstXid: undefined,
};
const PROMOTED: Incarnation = { ...SERVER, timeline: "00000002" };

/** A lane that has confirmed transactions with so many rows each. */
function laneAfter(rows: readonly number[]): { lane: LaneSource; forgotten: number[] } {
  const forgotten: number[] = [];
  const lane = new LaneSource();
  lane.foundOn(SERVER);
  for (const count of rows) {
    lane.expect(count, (lost) => forgotten.push(lost));
    lane.reach(lane.position + 1n);
  }
  return { lane, forgotten };
}

describe("a lane of the ledger", () => {
  it("has a name of its own, and moves by one with each transaction", () => {
    const { lane } = laneAfter([5, 7]);
    assert.match(lane.name, /^lane\/[0-9a-f-]{36}$/);
    assert.notEqual(lane.name, new LaneSource().name);
    assert.equal(lane.position, 2n);
  });

  it("believes the ledger, whichever claim of ours it knows", () => {
    const { lane, forgotten } = laneAfter([5]);
    const first = lane.owner;
    lane.claiming("11111111-1111-4111-8111-111111111111");
    for (const owner of [first, "11111111-1111-4111-8111-111111111111"]) {
      const news = { row: { owner, position: 2n }, known: 1n, server: SERVER };
      assert.equal(lane.learn(news), 2n);
    }
    assert.equal(lane.isEnded, false);
    assert.deepEqual(forgotten, []);
  });

  it("knows nothing, and is not used again, if its row was removed or taken", () => {
    for (const row of [undefined, { owner: "another", position: 1n }]) {
      const { lane, forgotten } = laneAfter([5]);
      assert.equal(lane.learn({ row, known: 1n, server: SERVER }), undefined);
      assert.equal(lane.isEnded, true);
      assert.deepEqual(forgotten, []);
    }
  });

  it("tells how many rows are gone if the server has gone back", () => {
    const { lane, forgotten } = laneAfter([5, 7, 11]);
    const row = { owner: lane.owner, position: 1n };
    assert.equal(lane.learn({ row, known: 3n, server: SERVER }), 1n);
    assert.equal(lane.isEnded, true);
    assert.deepEqual(forgotten, [7, 11]);
  });

  it("tells each table once", () => {
    const forgotten: string[] = [];
    const [a, b] = ["a", "b"].map((table) => (rows: number) => forgotten.push(`${table} ${rows}`));
    const { lane } = laneAfter([]);
    for (const [rows, onForgotten] of [
      [5, a!],
      [7, b!],
      [11, a!],
    ] as const) {
      lane.expect(rows, onForgotten);
      lane.reach(lane.position + 1n);
    }
    lane.learn({ row: undefined, known: 3n, server: PROMOTED });
    assert.deepEqual(forgotten, ["a 16", "b 7"]);
  });

  it("tells that all rows are gone if another server has no row of it", () => {
    const { lane, forgotten } = laneAfter([5, 7]);
    assert.equal(lane.learn({ row: undefined, known: 2n, server: PROMOTED }), 0n);
    assert.equal(lane.isEnded, true);
    assert.deepEqual(forgotten, [5, 7]);
  });

  it("knows nothing if its row is missing on a server that had it, though that was promoted", () => {
    const { lane, forgotten } = laneAfter([5]);
    const row = { owner: lane.owner, position: 1n };
    assert.equal(lane.learn({ row, known: 1n, server: PROMOTED }), 1n);
    assert.equal(lane.learn({ row: undefined, known: 1n, server: PROMOTED }), undefined);
    assert.deepEqual(forgotten, []);
  });

  it("does not count the transaction that is in doubt", () => {
    const { lane, forgotten } = laneAfter([5]);
    lane.expect(100, (lost) => forgotten.push(lost));
    assert.equal(lane.learn({ row: undefined, known: 1n, server: PROMOTED }), 0n);
    assert.deepEqual(forgotten, [5]);
  });
});
