import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { FoundRow } from "../helpers/fault/ledger-report.js";
import { Ledger } from "../helpers/fault/ledger.js";

/** Rows as the table may hold them. */
function found(...ids: number[]): FoundRow[][] {
  return [ids.map((id) => ({ id, isIntact: true }))];
}

describe("the ledger", () => {
  it("finds nothing wrong where senders were told what the table holds", async () => {
    const ledger = new Ledger();
    const [inserted, sent, refused, undelivered, declined, inTable, notInTable] = Array.from(
      { length: 7 },
      () => ledger.issue(),
    ) as [number, number, number, number, number, number, number];
    ledger.end(inserted, "confirmed");
    ledger.accept(sent);
    ledger.beginFlush()();
    ledger.end(refused, "refused");
    ledger.accept(undelivered);
    ledger.end(undelivered, "undelivered");
    ledger.end(declined, "declined");
    ledger.end(inTable, "inDoubt");
    ledger.end(notInTable, "inDoubt");
    const report = await ledger.compare(found(sent, inTable, inserted));
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
    const ledger = new Ledger();
    ledger.end(ledger.issue(), "confirmed");
    ledger.accept(ledger.issue());
    ledger.beginFlush()();
    const report = await ledger.compare([]);
    assert.equal(report.count("lost"), 2);
    assert.match(report.problems.join(), /^2 rows lost \(.+\): 0, 1$/);
  });

  it("finds doubled rows, whatever was told of them", async () => {
    const ledger = new Ledger();
    ledger.end(ledger.issue(), "confirmed");
    ledger.end(ledger.issue(), "inDoubt");
    const report = await ledger.compare(found(0, 1, 0, 1, 1));
    assert.equal(report.count("doubled"), 2);
  });

  it("finds rows that were never issued, or that should not be there", async () => {
    const ledger = new Ledger();
    for (const fate of ["refused", "undelivered", "declined"] as const) {
      ledger.end(ledger.issue(), fate);
    }
    const report = await ledger.compare(found(0, 1, 2, 77, -1));
    assert.equal(report.count("spurious"), 5);
  });

  it("finds rows whose content is another", async () => {
    const ledger = new Ledger();
    ledger.end(ledger.issue(), "confirmed");
    const report = await ledger.compare([[{ id: 0, isIntact: false }]]);
    assert.deepEqual([report.count("damaged"), report.count("lost")], [1, 0]);
  });

  it("finds rows of which nobody was told how they ended", async () => {
    const ledger = new Ledger();
    ledger.issue();
    ledger.accept(ledger.issue());
    const report = await ledger.compare(found(0));
    assert.equal(report.count("unsettled"), 2);
  });

  it("finds rows of which two things were told", async () => {
    const ledger = new Ledger();
    const twice = ledger.issue();
    ledger.end(twice, "refused");
    ledger.end(twice, "refused");
    const confirmedByFlush = ledger.issue();
    ledger.accept(confirmedByFlush);
    ledger.beginFlush()();
    ledger.end(confirmedByFlush, "undelivered");
    const declined = ledger.issue();
    ledger.end(declined, "declined");
    ledger.accept(declined);
    const report = await ledger.compare(found(confirmedByFlush));
    assert.equal(report.count("contradicted"), 3);
  });

  it("confirms by a flush what was accepted before it began, and no more", () => {
    const ledger = new Ledger();
    const [before, handedBack, between, after] = [0, 1, 2, 3].map(() => ledger.issue()) as [
      number,
      number,
      number,
      number,
    ];
    ledger.accept(before);
    ledger.accept(handedBack);
    const first = ledger.beginFlush();
    ledger.accept(between);
    const second = ledger.beginFlush();
    ledger.accept(after);
    ledger.end(handedBack, "refused");
    first();
    assert.deepEqual(
      [before, handedBack, between, after].map((id) => ledger.fateOf(id)),
      ["confirmed", "refused", "accepted", "accepted"],
    );
    second();
    assert.deepEqual([ledger.fateOf(between), ledger.fateOf(after)], ["confirmed", "accepted"]);
  });

  it("takes it that a row is refused before its sender hears that it was accepted", async () => {
    const ledger = new Ledger();
    const id = ledger.issue();
    ledger.end(id, "refused");
    ledger.accept(id);
    assert.deepEqual((await ledger.compare([])).problems, []);
  });

  it("does not take rows that it has not issued", () => {
    assert.throws(() => new Ledger().end(0, "confirmed"), /never issued/);
  });

  it("keeps book of a million rows", async () => {
    const ledger = new Ledger();
    for (let id = 0; id < 1_000_000; id++) {
      ledger.accept(ledger.issue());
    }
    ledger.beginFlush()();
    const report = await ledger.compare(found(999_999));
    assert.deepEqual([report.count("lost"), report.fates.confirmed], [999_999, 1_000_000]);
  });
});
