import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { FoundRow } from "../helpers/fault/books-report.js";
import { SourceBooks, type SourceBooksOptions } from "../helpers/source-faults/source-books.js";
import {
  isFlawed,
  positionOf,
  ROWS_PER_UNIT,
  SPAN,
  unitAt,
} from "../helpers/source-faults/unit.js";

const END = 2000;

/** The numbers of the rows up to a position, with a flaw or without. */
function idsUpTo(end: number, withFlaw: boolean, start = 0): number[] {
  const units = Array.from({ length: end - start }, (_, n) => unitAt(start + n) ?? []);
  return units
    .filter((unit) => isFlawed(unit) === withFlaw)
    .flat()
    .map(({ id }) => Number(id));
}

const GOOD = idsUpTo(END, false);
const FLAWED = idsUpTo(END, true);

function found(ids: readonly number[]): FoundRow[] {
  return ids.map((id) => ({ id, isIntact: true }));
}

/** Books of a table that refuses rows, all of which were told. */
function booksWithRefusals(options: Partial<SourceBooksOptions> = {}): SourceBooks {
  const books = new SourceBooks({ refuses: true, ...options });
  FLAWED.forEach((id) => books.enter({ what: "refused", id }));
  return books;
}

describe("the books of a source", () => {
  it("find nothing wrong where each row is in the table or was told to be refused", () => {
    const books = booksWithRefusals();
    books.enter({ what: "opened", position: 0 });
    books.enter({ what: "flushed", position: END });
    assert.deepEqual(books.problems({ end: END, rows: found(GOOD) }), []);
    assert.ok(FLAWED.length > 10);
  });

  it("find rows that are lost, doubled, damaged or that were never read", () => {
    const [lost, doubled, damaged] = GOOD;
    const ids = [...GOOD.slice(1), doubled!, END * ROWS_PER_UNIT];
    const rows = ids.map((id) => ({ id, isIntact: id !== damaged }));
    const problems = booksWithRefusals().problems({ end: END, rows });
    assert.deepEqual(problems, [
      `1 damaged: ${damaged}`,
      `1 doubled: ${doubled}`,
      `1 spurious: ${END * ROWS_PER_UNIT}`,
      `1 lost: ${lost}`,
    ]);
  });

  it("find rows that were refused falsely, and refused ones in the table", () => {
    const books = booksWithRefusals();
    books.enter({ what: "refused", id: GOOD[0]! });
    const problems = books.problems({ end: END, rows: found([...GOOD, FLAWED[0]!]) });
    assert.deepEqual(problems, [`1 spurious: ${FLAWED[0]}`, `1 falsely refused: ${GOOD[0]}`]);
  });

  it("find refused rows that a position has passed before they were told", () => {
    const books = new SourceBooks({ refuses: true });
    books.enter({ what: "opened", position: END });
    FLAWED.forEach((id) => books.enter({ what: "refused", id }));
    const [problem] = books.problems({ end: END, rows: found(GOOD) });
    assert.match(problem!, new RegExp(`^${FLAWED.length} refused and not told: ${FLAWED[0]}, `));
  });

  it("find letters that are missing, doubled or of other rows", () => {
    const books = new SourceBooks({ refuses: true, hasLetters: true });
    const letters = [...FLAWED.slice(1), FLAWED[1]!, GOOD[0]!];
    assert.deepEqual(books.problems({ end: END, rows: found(GOOD), letters }), [
      `1 letter doubled: ${FLAWED[1]}`,
      `1 letter spurious: ${GOOD[0]}`,
      `1 letter missing: ${FLAWED[0]}`,
    ]);
  });

  it("find a position that goes back, unless the server may forget", () => {
    for (const mayRewind of [false, true]) {
      const books = booksWithRefusals({ mayRewind });
      books.enter({ what: "flushed", position: 10 });
      books.enter({ what: "opened", position: 9 });
      const problems = books.problems({ end: END, rows: found(GOOD) });
      assert.deepEqual(problems, mayRewind ? [] : ["1 rewound: 9"]);
    }
  });

  it("leave the rows of other sources to their books", () => {
    const others = idsUpTo(SPAN + 100, false, SPAN);
    const rows = found([...GOOD, ...others]);
    assert.deepEqual(booksWithRefusals().problems({ end: END, rows }), []);
  });

  it("repeat keys of rows that are read before, of the same source", () => {
    for (const start of [0, SPAN]) {
      const rows = Array.from({ length: END }, (_, n) => unitAt(start + n) ?? []).flat();
      const repeated = rows.filter(({ trait }) => trait === "repeated");
      assert.ok(repeated.length > 0);
      for (const { id, key } of repeated) {
        const former = rows.find((row) => row.id === key);
        assert.ok(
          former !== undefined &&
            !isFlawed(unitAt(positionOf(Number(former.id)))) &&
            former.id < id,
        );
      }
    }
  });
});
