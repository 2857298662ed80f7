import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { PositionedUnits } from "../../dist/batch/positioned-units.js";
import type { RowRange } from "../../dist/batch/units.js";
import { PlacedSource } from "../helpers/placed-source.js";

let source: PlacedSource;
let units: PositionedUnits;
let ofNone: PositionedUnits;

/** Rows 0 to 4, with gaps between their positions. */
const POSITIONS = [3, 4, 10, 11, 20];

beforeEach(() => {
  source = new PlacedSource();
  units = new PositionedUnits(source);
  units.add(Float64Array.of(3, 4, 10));
  units.add(Float64Array.of(11, 20));
  ofNone = new PositionedUnits(undefined);
  ofNone.add(Float64Array.from(POSITIONS));
});

function ranges(of: PositionedUnits, from: number, to: number): (readonly [number, number])[] {
  return of.live(from, to).map((range) => [range.from, range.to] as const);
}

describe("rows with a position each", () => {
  it("tell their source how far they were accepted", () => {
    assert.deepEqual(source.accepted, [11n, 21n]);
  });

  it("are counted if they have a source", () => {
    assert.deepEqual([units.count, units.rows, [...units.sources]], [5, 5, [source]]);
    assert.deepEqual([ofNone.count, ofNone.rows, [...ofNone.sources]], [5, 0, []]);
  });

  it("are units of one row each, with the position after it; those after them are none", () => {
    for (const [row, position] of POSITIONS.entries()) {
      assert.deepEqual(units.of(row), { source, next: BigInt(position) + 1n });
      assert.equal(ofNone.of(row), undefined);
      assert.equal(units.positionOf(row), BigInt(position));
      assert.equal(ofNone.positionOf(row), BigInt(position));
      assert.deepEqual(units.around(row), { from: row, to: row + 1 });
    }
    assert.equal(units.of(5), undefined);
    assert.equal(units.positionOf(5), undefined);
    assert.deepEqual(units.around(5), { from: 5, to: 6 });
  });

  it("say where the source is when the rows before one are written", () => {
    const expected = [undefined, 4n, 5n, 11n, 12n, 21n, 21n];
    for (const [to, next] of expected.entries()) {
      assert.deepEqual([...units.lastOf(to)], next === undefined ? [] : [[source, next]]);
      assert.deepEqual([...ofNone.lastOf(to)], []);
    }
    assert.deepEqual([...units.lastOf(Infinity)], [[source, 21n]]);
  });

  it("remember where the source was to be when the batch was taken", () => {
    const later = new PositionedUnits(source);
    later.add(Float64Array.of(30));
    units.plan();
    later.plan();
    assert.equal(units.plannedOf(), 0n);
    assert.equal(later.plannedOf(), 21n);
  });

  it("have no invalid rows", () => {
    assert.deepEqual(
      [units.invalidRows, units.invalidUpTo(), units.takeSettledInvalid()],
      [0, [], []],
    );
  });

  it("keep more positions than there is room for at first", () => {
    const many = new PositionedUnits(source);
    for (let first = 0; first < 5000; first += 700) {
      many.add(Float64Array.from({ length: 700 }, (_, i) => (first + i) * 2));
    }
    many.add(Float64Array.from({ length: 50_000 }, (_, i) => 1e6 + i));
    assert.equal(many.count, 55_600);
    assert.equal(many.positionOf(5599), 11_198n);
    assert.equal(many.positionOf(5600), 1_000_000n);
    assert.equal(many.positionOf(55_599), 1_049_999n);
  });
});

describe("the pieces of rows with positions", () => {
  for (const { name, from, to, pieces } of [
    { name: "all of them", from: 0, to: 5, pieces: [[0, 5, true]] },
    { name: "some of them", from: 1, to: 3, pieces: [[1, 3, true]] },
    {
      name: "rows before and after their end",
      from: 3,
      to: 8,
      pieces: [
        [3, 5, true],
        [5, 8, false],
      ],
    },
    { name: "rows after them", from: 5, to: 8, pieces: [[5, 8, false]] },
    { name: "rows far after them", from: 7, to: 8, pieces: [[7, 8, false]] },
    { name: "no rows", from: 2, to: 2, pieces: [] },
  ]) {
    it(`are right for ${name}`, () => {
      const found = [...units.pieces(from, to)];
      assert.deepEqual(
        found.map((piece) => [piece.from, piece.to, piece.source === source]),
        pieces,
      );
      const covered = [...ofNone.pieces(from, to)];
      assert.ok(covered.every((piece) => piece.source === undefined));
      assert.equal(rowsIn(covered), to - from);
    });
  }
});

function rowsIn(covered: readonly RowRange[]): number {
  return covered.reduce((sum, piece) => sum + piece.to - piece.from, 0);
}

describe("rows that are still to be written", () => {
  for (const { position, first } of [
    { position: 0n, first: 0 },
    { position: 3n, first: 0 },
    { position: 4n, first: 1 },
    { position: 5n, first: 2 },
    { position: 10n, first: 2 },
    { position: 12n, first: 4 },
    { position: 20n, first: 4 },
    { position: 21n, first: 5 },
    { position: 2n ** 63n - 1n, first: 5 },
  ]) {
    it(`begin with row ${first} if the source is at ${position}`, () => {
      source.position = position;
      const expected = first === 5 ? [] : [[first, 5]];
      assert.deepEqual(ranges(units, 0, 5), expected);
      assert.deepEqual(ranges(units, 0, 7), [[first, 7]]);
      assert.deepEqual(ranges(units, 5, 7), [[5, 7]]);
      assert.deepEqual(ranges(units, 2, 2), []);
      assert.deepEqual(ranges(ofNone, 0, 5), [[0, 5]]);
    });
  }

  it("are not those of a source that has ended, but those behind them", () => {
    source.isEnded = true;
    assert.deepEqual(ranges(units, 0, 5), []);
    assert.deepEqual(ranges(units, 0, 7), [[5, 7]]);
    assert.equal(units.endedRows(0, 7), 5);
    assert.equal(units.endedRows(3, 4), 1);
    assert.equal(units.endedRows(4, 9), 1);
    assert.equal(units.endedRows(6, 9), 0);
    assert.equal(ofNone.endedRows(0, 7), 0);
  });

  it("are none that have ended while the source has not", () => {
    assert.equal(units.endedRows(0, 7), 0);
  });
});
