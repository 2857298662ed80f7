import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";

import { chooseSeed } from "../../../batch-copy/dist-test/helpers/fault/extent.js";
import { Scene } from "../../../batch-copy/dist-test/helpers/server-faults/scene.js";
import { runLoadChaos } from "../helpers/load-kills/load-chaos.js";
import { LOAD_KINDS } from "../helpers/load-kills/load-kinds.js";
import type { Mutant } from "../helpers/load-kills/mutants/mutants.js";

/** As many kills as a wrong loader may survive unnoticed. */
const MOST_KILLS = 20;

// A check that cannot fail proves nothing.
describe("killing loads shows", () => {
  let scene: Scene;
  before(async () => {
    scene = await Scene.open();
  });
  after(() => scene.close());

  async function expectComplaint(
    test: TestContext,
    mutant: Mutant,
    problem: RegExp,
  ): Promise<void> {
    const kind = LOAD_KINDS["CSV with rows that are rejected"];
    const seed = chooseSeed();
    const { kills, problems } = await runLoadChaos(scene, {
      kind,
      kills: MOST_KILLS,
      seed,
      mutant,
    });
    const complaint = problems.find((one) => problem.test(one));
    test.diagnostic(`after ${kills} kills: ${complaint}; FAULT_SEED=${seed}`);
    assert.ok(complaint, problems.join("\n"));
  }

  it("that the position moves before the rows are there: they are lost", (test) =>
    expectComplaint(test, "advances early", /(?:rows|rejects) lost/));

  it("that a load begins where the one before has read to: rows are lost", (test) =>
    expectComplaint(test, "begins where it has read to", /(?:rows|rejects) lost/));

  it("that rejects are not cut to the position: some come twice", (test) =>
    expectComplaint(test, "does not cut rejects", /rejects doubled/));
});
