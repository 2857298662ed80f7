import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { isLimitExceeded, LimitError } from "../../dist/codecs/limit-error.js";

describe("a limit", () => {
  it("is found under other errors, and not looked for forever under an error that is its own cause", () => {
    const part = new TypeError("part", { cause: new LimitError("too long") });
    assert.equal(isLimitExceeded(new Error("row", { cause: part })), true);
    const loop = new Error("loop");
    loop.cause = new Error("inner", { cause: loop });
    assert.equal(isLimitExceeded(loop), false);
    assert.equal(isLimitExceeded("text"), false);
  });
});
