import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Units, type UnitSource } from "../../dist/batch/units.js";

function source(): UnitSource {
  return { position: 0n, isEnded: false, accept() {}, plan: () => 0n, throwIfEnded() {} };
}

describe("the pieces of rows that have one source", () => {
  const [one, other] = [source(), source()];
  const units = new Units();
  units.add({ source: one, next: 1n }, { from: 0, to: 3 });
  units.add({ source: one, next: 2n }, { from: 3, to: 5 });
  units.add({ source: one, next: 3n }, { from: 5, to: 5 });
  units.add({ source: other, next: 1n }, { from: 5, to: 5 });
  units.add({ source: other, next: 2n }, { from: 6, to: 8 });

  for (const { name, from, to, pieces } of [
    { name: "whole units", from: 0, to: 5, pieces: [[0, 5, one]] },
    { name: "rows within a unit", from: 1, to: 2, pieces: [[1, 2, one]] },
    { name: "the end of a unit", from: 2, to: 3, pieces: [[2, 3, one]] },
    { name: "parts of units", from: 2, to: 4, pieces: [[2, 4, one]] },
    {
      name: "rows between units, which have none",
      from: 4,
      to: 7,
      pieces: [
        [4, 5, one],
        [5, 6, undefined],
        [6, 7, other],
      ],
    },
    { name: "no rows", from: 5, to: 5, pieces: [] },
  ]) {
    it(`are right for ${name}`, () => {
      const found = [...units.pieces(from, to)];
      assert.deepEqual(
        found.map((piece) => [piece.from, piece.to, piece.source]),
        pieces,
      );
    });
  }
});
