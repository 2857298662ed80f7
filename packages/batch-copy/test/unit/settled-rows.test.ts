import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { SettledRows } from "../../dist/spool/settled-rows.js";

const TABLE = 0;

describe("settled rows", () => {
  it("are those that have been committed for retainMs, without a break", () => {
    const settled = new SettledRows(1000);
    const note = (at: number, row: number): void => settled.note([TABLE], () => row, at);
    note(0, 10);
    note(500, 20);
    assert.equal(settled.before(999)(TABLE), 0);
    assert.equal(settled.before(1000)(TABLE), 10);
    note(1200, 5);
    assert.equal(settled.before(1200)(TABLE), 5);
    note(1600, 30);
    assert.equal(settled.before(1600)(TABLE), 5);
    note(2600, 30);
    assert.equal(settled.before(2600)(TABLE), 30);
  });

  for (const retainMs of [0, 1000]) {
    it(`take no more memory and time with each note, also if nobody asks: retainMs ${retainMs}`, () => {
      const settled = new SettledRows(retainMs);
      let asked = 0;
      const committed = (): number => {
        asked++;
        return 1;
      };
      for (let at = 0; at < 100_000; at += 100) {
        asked = 0;
        settled.note([TABLE], committed, at);
      }
      assert.ok(asked < 30, `it looked at ${asked} notes`);
    });
  }
});
