import assert from "node:assert/strict";
import { it } from "node:test";

import { History } from "./history.js";
import { SPOOL_CONTROLS } from "./mutants/edits.js";
import { playMutated } from "./play-mutated.js";

/** Many more than any control needs. */
const HISTORIES = 6000;

/** Rows are lost, doubled, or delivered though they were refused; or a sound stream is. */
const COMPLAINT =
  /are lost|refused, and delivered|doubled|delivered as|the files have|is wanted|damaged|ENOENT|stands still/;

/** Tests that histories complain of these negative controls, and not without them. */
export function testControls(isAmong: (name: string) => boolean): void {
  const controls = Object.entries(SPOOL_CONTROLS).filter(([name]) => isAmong(name));
  for (const [name, { what }] of controls) {
    it(what, async (test) => {
      const output = await playMutated(name, HISTORIES);
      const [count, , found = "nothing"] = output.split("\n");
      assert.match(found, COMPLAINT, output);
      test.diagnostic(`${count}: ${found}`);
      // It is the control that is wrong, not the history.
      const [, seed] = /FAULT_SEED=(\d+)/.exec(output)!;
      const { problems } = await new History(Number(seed)).play();
      assert.deepEqual(problems, []);
    });
  }
}
