import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";

import { chooseSeed, extent, tell } from "../../../batch-copy/dist-test/helpers/fault/extent.js";
import { tally } from "../../../batch-copy/dist-test/helpers/fault/tally.js";
import { Scene } from "../../../batch-copy/dist-test/helpers/server-faults/scene.js";
import { runLoadChaos } from "../helpers/load-kills/load-chaos.js";
import { LOAD_KINDS, type LoadKind } from "../helpers/load-kills/load-kinds.js";

describe("a load that is killed again and again, and goes on by --resume, while the server is hurt", () => {
  let scene: Scene;
  before(async () => {
    scene = await Scene.open();
  });
  after(() => scene.close());

  async function survive(test: TestContext, kind: LoadKind): Promise<void> {
    const seed = chooseSeed();
    const kills = extent("FAULT_LOAD_KILLS", { daily: 1, long: 25 });
    const result = await runLoadChaos(scene, { kind, kills, seed });
    const { problems, loads, lives, early, serverKills, cuts, locks } = result;
    tally({ cuts, serverKills, clientKills: result.kills, problems: problems.length });
    const summary =
      `${loads} loads by ${lives} processes, ${result.kills} killed at work and ${early} before; ` +
      `${serverKills} strikes at the server, ${cuts} at connections, ${locks} locks; FAULT_SEED=${seed}`;
    test.diagnostic(summary);
    tell(summary);
    assert.deepEqual(problems, []);
  }

  for (const [what, kind] of Object.entries<LoadKind>(LOAD_KINDS)) {
    const isTried = kind.isForLong !== true || process.env["FAULTS"] === "long";
    const skip = kind.skip || (!isTried && "it is for the long run");
    it(`writes each row once, and keeps each reject once: ${what}`, { skip }, (test) =>
      survive(test, kind),
    );
  }
});
