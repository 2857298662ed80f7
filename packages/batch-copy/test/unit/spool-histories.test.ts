import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { chooseSeed } from "../helpers/fault/extent.js";
import { playMany, type Tally } from "../helpers/spool/histories/play-many.js";

/** How many histories to play. */
const HISTORIES = Number(process.env["SPOOL_HISTORIES"] ?? 300);

describe("random histories of a spool on a simulated disk", () => {
  it("lose no acknowledged row, double none, and deliver none that was refused", async (test) => {
    const tally = await playMany(chooseSeed(), HISTORIES);
    test.diagnostic(inWords(tally));
    assert.ok(tally.failure === undefined, tally.failure);
    assert.ok(tally.rewrites > 0);
    assert.ok(tally.acknowledged > 0 && tally.rejected > 0 && tally.flips.found > 0);
  });
});

function inWords({ histories, steps, crashes, rewrites, flips, ...rows }: Tally): string {
  const { acknowledged, rejected, inDoubt, delivered } = rows;
  const { found, harmless, undetectable } = flips;
  return (
    `${histories} histories of ${steps} steps, ${crashes} crashes: ${acknowledged} rows acknowledged, ${rejected} rejected, ` +
    `${inDoubt} in doubt, ${delivered} delivered; segments were rewritten ${rewrites} times; ` +
    `flipped bits: ${found} found, ${harmless} without effect, ${undetectable} undetectable, because they are in what was synced last`
  );
}
