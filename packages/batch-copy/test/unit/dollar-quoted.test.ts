import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { dollarQuoted } from "../../dist/dollar-quoted.js";

describe("a dollar-quoted literal", () => {
  it("has a tag that is neither in the text nor made by its end", () => {
    assert.equal(dollarQuoted("a $ 'b' \\", "letter"), "$letter$a $ 'b' \\$letter$");
    assert.equal(dollarQuoted("$letter$", "letter"), "$letter0$$letter$$letter0$");
    assert.equal(
      dollarQuoted("$letter$ $letter0", "letter"),
      "$letter1$$letter$ $letter0$letter1$",
    );
  });
});
