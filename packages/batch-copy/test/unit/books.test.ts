import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { FoundRow } from "../helpers/fault/books-report.js";
import { Books } from "../helpers/fault/books.js";

/** Rows as the table may hold them. */
function found(...ids: number[]): FoundRow[][] {
  return [ids.map((id) => ({ id, isIntact: true }))];
}

describe("the books of a test", () => {
  it("finds nothing wrong where senders were told what the table holds", async () => {
    const books = new Books();
    const [inserted, sent, refused, undelivered, declined, inTable, notInTable] = Array.from(
      { length: 7 },
      () => books.issue(),
    ) as [number, number, number, number, number, number, number];
    books.end(inserted, "confirmed");
    books.accept(sent);
    books.beginFlush()();
    books.end(refused, "refused");
    books.accept(undelivered);
    books.end(undelivered, "undelivered");
    books.end(declined, "declined");
    books.end(inTable, "inDoubt");
    books.end(notInTable, "inDoubt");
    const report = await books.compare(found(sent, inTable, inserted));
    assert.deepEqual(report.problems, []);
    assert.equal(report.present, 3);
    assert.deepEqual(report.fates, {
      issued: 0,
      declined: 1,
      accepted: 0,
      confirmed: 2,
      refused: 1,
      undelivered: 1,
      inDoubt: 2,
    });
  });

  it("finds lost rows: of an insert, and of a send that a flush covered", async () => {
    const books = new Books();
    books.end(books.issue(), "confirmed");
    books.accept(books.issue());
    books.beginFlush()();
    const report = await books.compare([]);
    assert.equal(report.count("lost"), 2);
    assert.match(report.problems.join(), /^2 rows lost \(.+\): 0, 1$/);
  });

  it("finds doubled rows, whatever was told of them", async () => {
    const books = new Books();
    books.end(books.issue(), "confirmed");
    books.end(books.issue(), "inDoubt");
    const report = await books.compare(found(0, 1, 0, 1, 1));
    assert.equal(report.count("doubled"), 2);
  });

  it("finds rows that were never issued, or that should not be there", async () => {
    const books = new Books();
    for (const fate of ["refused", "undelivered", "declined"] as const) {
      books.end(books.issue(), fate);
    }
    const report = await books.compare(found(0, 1, 2, 77, -1));
    assert.equal(report.count("spurious"), 5);
  });

  it("finds rows whose content is another", async () => {
    const books = new Books();
    books.end(books.issue(), "confirmed");
    const report = await books.compare([[{ id: 0, isIntact: false }]]);
    assert.deepEqual([report.count("damaged"), report.count("lost")], [1, 0]);
  });

  it("finds rows of which nobody was told how they ended", async () => {
    const books = new Books();
    books.issue();
    books.accept(books.issue());
    const report = await books.compare(found(0));
    assert.equal(report.count("unsettled"), 2);
  });

  it("finds rows of which two things were told", async () => {
    const books = new Books();
    const twice = books.issue();
    books.end(twice, "refused");
    books.end(twice, "refused");
    const confirmedByFlush = books.issue();
    books.accept(confirmedByFlush);
    books.beginFlush()();
    books.end(confirmedByFlush, "undelivered");
    const declined = books.issue();
    books.end(declined, "declined");
    books.accept(declined);
    const report = await books.compare(found(confirmedByFlush));
    assert.equal(report.count("contradicted"), 3);
  });

  it("confirms by a flush what was accepted before it began, and no more", () => {
    const books = new Books();
    const [before, handedBack, between, after] = [0, 1, 2, 3].map(() => books.issue()) as [
      number,
      number,
      number,
      number,
    ];
    books.accept(before);
    books.accept(handedBack);
    const first = books.beginFlush();
    books.accept(between);
    const second = books.beginFlush();
    books.accept(after);
    books.end(handedBack, "refused");
    first();
    assert.deepEqual(
      [before, handedBack, between, after].map((id) => books.fateOf(id)),
      ["confirmed", "refused", "accepted", "accepted"],
    );
    second();
    assert.deepEqual([books.fateOf(between), books.fateOf(after)], ["confirmed", "accepted"]);
  });

  it("takes it that a row is refused before its sender hears that it was accepted", async () => {
    const books = new Books();
    const id = books.issue();
    books.end(id, "refused");
    books.accept(id);
    assert.deepEqual((await books.compare([])).problems, []);
  });

  it("does not take rows that it has not issued", () => {
    assert.throws(() => new Books().end(0, "confirmed"), /never issued/);
  });

  it("keeps book of a million rows", async () => {
    const books = new Books();
    for (let id = 0; id < 1_000_000; id++) {
      books.accept(books.issue());
    }
    books.beginFlush()();
    const report = await books.compare(found(999_999));
    assert.deepEqual([report.count("lost"), report.fates.confirmed], [999_999, 1_000_000]);
  });
});
