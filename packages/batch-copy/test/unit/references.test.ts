import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { referencedFirst } from "../../dist/span/references.js";

describe("tables that refer to others", () => {
  it("come after them, and otherwise keep their order", () => {
    assert.deepEqual(referencedFirst(["1", "2", "3", "4"], []), ["1", "2", "3", "4"]);
    const references = [
      ["1", "4"],
      ["4", "3"],
      ["2", "1"],
    ] as const;
    assert.deepEqual(referencedFirst(["1", "2", "3", "4"], references), ["3", "4", "1", "2"]);
  });

  it("may refer to themselves and to each other", () => {
    const references = [
      ["1", "1"],
      ["1", "2"],
      ["2", "1"],
      ["3", "1"],
    ] as const;
    assert.deepEqual(referencedFirst(["3", "1", "2"], references), ["2", "1", "3"]);
  });
});
