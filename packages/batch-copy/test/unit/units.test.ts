import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { InvalidRows, Units, type RowRange } from "../../dist/batch/units.js";
import { EncodeError } from "../../dist/index.js";
import { PlacedSource } from "../helpers/placed-source.js";

let one: PlacedSource;
let two: PlacedSource;
let units: Units;

beforeEach(() => {
  one = new PlacedSource();
  two = new PlacedSource();
  units = new Units();
});

function add(source: PlacedSource, next: number, from: number, to: number): void {
  units.add({ source, next: BigInt(next) }, { from, to });
}

function addInvalid(source: PlacedSource, next: number, at: number, ...letters: string[]): void {
  const error = new EncodeError("id", 0, "is bad");
  const invalid = new InvalidRows(letters.map((letter) => ({ row: {}, error, letter })));
  units.add({ source, next: BigInt(next), invalid }, { from: at, to: at });
}

function lettersUpTo(to: number): string[] {
  return units.invalidUpTo(to).map(({ letter }) => letter);
}

function ranges(from: number, to: number): RowRange[] {
  return [...units.live(from, to)];
}

/** A batch of ten rows: 0 and 1 of nobody, 2 and 5 to 7 of `one`, 3 and 4 of `two`, the rest of nobody. */
function fill(): void {
  add(one, 1, 2, 3);
  add(two, 8, 3, 5);
  add(one, 2, 5, 7);
  add(one, 4, 7, 8);
}

describe("the units of a batch", () => {
  it("tell their sources how far they were accepted", () => {
    fill();
    assert.deepEqual([one.accepted, two.accepted], [[1n, 2n, 4n], [8n]]);
    assert.equal(units.rows, 6);
  });

  it("say how far each source is when the rows before one are written", () => {
    fill();
    const lastOf = (to: number): unknown[] => [...units.lastOf(to)];
    assert.deepEqual(lastOf(2), []);
    assert.deepEqual(lastOf(3), [[one, 1n]]);
    // A unit is written whole.
    assert.deepEqual(lastOf(4), [[one, 1n]]);
    assert.deepEqual(lastOf(5), [
      [one, 1n],
      [two, 8n],
    ]);
    assert.deepEqual(lastOf(10), [
      [one, 4n],
      [two, 8n],
    ]);
  });

  it("count those without rows where they stand", () => {
    add(one, 1, 0, 0);
    add(two, 1, 0, 1);
    add(one, 5, 1, 1);
    assert.deepEqual([...units.lastOf(0)], [[one, 1n]]);
    assert.deepEqual(
      [...units.lastOf(1)],
      [
        [one, 5n],
        [two, 1n],
      ],
    );
    assert.deepEqual(units.around(0), { from: 0, to: 1 });
    add(two, 2, 1, 2);
    assert.deepEqual(
      [...units.pieces(0, 2)],
      [
        { from: 0, to: 1, source: two },
        { from: 1, to: 2, source: two },
      ],
    );
    assert.deepEqual(ranges(0, 2), [{ from: 0, to: 2 }]);
  });

  it("know the rows that are written with a row, and its source", () => {
    fill();
    assert.deepEqual(units.around(0), { from: 0, to: 1 });
    assert.deepEqual(units.around(2), { from: 2, to: 3 });
    assert.deepEqual(units.around(4), { from: 3, to: 5 });
    assert.deepEqual(units.around(9), { from: 9, to: 10 });
    assert.equal(units.of(1), undefined);
    assert.deepEqual(units.of(4), { source: two, next: 8n });
    assert.deepEqual(units.of(7), { source: one, next: 4n });
    assert.equal(units.of(8), undefined);
  });

  it("have the rows in their middle, too", () => {
    fill();
    assert.deepEqual(
      [...units.pieces(4, 6)],
      [
        { from: 4, to: 5, source: two },
        { from: 5, to: 6, source: one },
      ],
    );
    two.isEnded = true;
    assert.deepEqual(
      [units.endedRows(4, 5), units.endedRows(4, 6), units.endedRows(6, 7)],
      [1, 1, 0],
    );
  });

  it("are told apart by their sources", () => {
    fill();
    assert.deepEqual(
      [...units.pieces(1, 9)],
      [
        { from: 1, to: 2, source: undefined },
        { from: 2, to: 3, source: one },
        { from: 3, to: 5, source: two },
        { from: 5, to: 8, source: one },
        { from: 8, to: 9, source: undefined },
      ],
    );
    // A row of several is settled alone if there is no letter for it.
    assert.deepEqual([...units.pieces(3, 4)], [{ from: 3, to: 4, source: two }]);
    assert.deepEqual(
      [...units.pieces(4, 6)],
      [
        { from: 4, to: 5, source: two },
        { from: 5, to: 6, source: one },
      ],
    );
  });

  it("are not written if their source has ended or has passed them", () => {
    fill();
    assert.deepEqual(ranges(0, 10), [{ from: 0, to: 10 }]);
    one.position = 2n;
    assert.deepEqual(ranges(0, 10), [
      { from: 0, to: 2 },
      { from: 3, to: 5 },
      { from: 7, to: 10 },
    ]);
    assert.deepEqual(ranges(5, 7), []);
    two.isEnded = true;
    assert.deepEqual(ranges(0, 10), [
      { from: 0, to: 2 },
      { from: 7, to: 10 },
    ]);
    assert.equal(units.endedRows(0, 10), 2);
    assert.equal(units.endedRows(4, 10), 1);
    assert.equal(units.endedRows(5, 10), 0);
  });

  it("remember where their sources were to be when the batch was taken", () => {
    fill();
    units.plan();
    assert.deepEqual([units.plannedOf(one), units.plannedOf(two)], [0n, 0n]);
    const later = new Units();
    later.add({ source: one, next: 9n }, { from: 0, to: 1 });
    later.plan();
    assert.equal(later.plannedOf(one), 4n);
  });
});

describe("the invalid rows of a batch", () => {
  beforeEach(() => {
    add(one, 1, 0, 1);
    addInvalid(one, 2, 1, "a", "b");
    addInvalid(two, 3, 1, "c");
    add(one, 3, 1, 2);
    addInvalid(one, 4, 2, "d");
  });

  it("are said where their positions are passed, unless they are", () => {
    assert.equal(units.invalidRows, 4);
    assert.deepEqual(lettersUpTo(0), []);
    assert.deepEqual(lettersUpTo(1), ["a", "b", "c"]);
    assert.deepEqual(lettersUpTo(2), ["a", "b", "c", "d"]);
    one.position = 2n;
    assert.deepEqual(lettersUpTo(2), ["c", "d"]);
    two.isEnded = true;
    assert.deepEqual(lettersUpTo(2), ["d"]);
  });

  it("are settled once: kept if their position was passed, also by a source that has ended since", () => {
    const settled = (): unknown[] =>
      units.takeSettledInvalid().map(({ at, rows, isKept }) => {
        return [at, rows.map(({ letter }) => letter).join(""), isKept];
      });
    assert.deepEqual(settled(), []);
    one.position = 2n;
    one.isEnded = true;
    assert.deepEqual(settled(), [
      [1, "ab", true],
      [2, "d", false],
    ]);
    assert.deepEqual(settled(), []);
    two.position = 3n;
    assert.deepEqual(settled(), [[1, "c", true]]);
    assert.equal(units.invalidRows, 4);
  });

  it("count the bytes of their letters", () => {
    const error = new EncodeError("id", 0, "is bad");
    assert.equal(new InvalidRows([{ row: {}, error, letter: "é" }]).bytes, 2);
  });
});
