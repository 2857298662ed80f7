import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { RowAges } from "../../dist/spooling/row-ages.js";

describe("the ages of rows", () => {
  it("are known to the second, of the oldest row that is asked for", () => {
    const ages = new RowAges();
    ages.note(0, 100, 0);
    ages.note(10, 1000, 0);
    ages.note(20, 1200, 0);
    ages.note(30, 2500, 0);
    assert.equal(ages.since(0), 100);
    assert.equal(ages.since(25), 1200);
    assert.equal(ages.since(30), 2500);
  });

  it("are forgotten for rows that nobody asks for any more, also if nobody ever asks", () => {
    const ages = new RowAges();
    ages.note(0, 0, 0);
    ages.note(10, 1000, 0);
    ages.note(20, 2000, 15);
    // That of row 10, which row 15 has come after, is the oldest one left.
    assert.equal(ages.since(0), 1000);
  });
});
