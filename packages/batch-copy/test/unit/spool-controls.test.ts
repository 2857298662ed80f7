import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { SPOOL_CONTROLS } from "../helpers/spool/histories/mutants/edits.js";
import { playMutated } from "../helpers/spool/histories/play-mutated.js";

/** Each control is seen to fail within a tenth of them. */
const HISTORIES = 3000;

// A check that cannot fail proves nothing.
describe("the histories of the spool fail when", () => {
  for (const [name, { what, complaint }] of Object.entries(SPOOL_CONTROLS)) {
    it(what, async (test) => {
      const output = await playMutated(name, HISTORIES);
      const [count, , found = "nothing"] = output.split("\n");
      assert.match(found, complaint, output);
      test.diagnostic(`${count}: ${found}`);
    });
  }
});
