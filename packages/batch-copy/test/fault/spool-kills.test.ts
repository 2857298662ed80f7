import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";

import { chooseSeed, extent, isLong, tell } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { KINDS, type SentTableKind } from "../helpers/spool-kills/sent-tables.js";
import { runSpoolChaos } from "../helpers/spool-kills/spool-chaos.js";

/** What processes write to. */
interface Case {
  readonly kind: SentTableKind;
  readonly tables: number;
  /** Whether the first one is locked most of the time: then segments are rewritten behind it. */
  readonly hasStandstill?: boolean;
}

const CASES: Readonly<Record<string, Case>> = {
  "a table without a key": { kind: KINDS.plain, tables: 1 },
  "a table that refuses rows": { kind: KINDS.picky, tables: 1 },
  "a table of upserts": { kind: KINDS.upserted, tables: 1 },
  "three tables of a group": { kind: KINDS.picky, tables: 3 },
  "two tables of upserts of a group": { kind: KINDS.upserted, tables: 2 },
  "three tables of a group, one of which stands still": {
    kind: KINDS.plain,
    tables: 3,
    hasStandstill: true,
  },
};

describe("processes that send rows through a spool, while the server is hurt", () => {
  let scene: Scene;
  let tables = 0;
  before(async () => {
    // What is committed first is told by the time of the commit.
    scene = await Scene.open({ track_commit_timestamp: "on" });
  });
  after(() => scene.close());

  async function survive(test: TestContext, what: Case, atOnce: number): Promise<void> {
    const seed = chooseSeed();
    const names = Array.from({ length: what.tables }, () => `spooled_${tables++}`);
    const kills = extent("FAULT_SPOOL_KILLS", { daily: 2, long: 100 });
    const result = await runSpoolChaos(scene, { ...what, tables: names, atOnce, kills, seed });
    const { problems, lives, told, letters, serverKills, cuts, locks, rewritten } = result;
    tally({ cuts, serverKills, clientKills: result.kills, problems: problems.length });
    const summary =
      `${lives} processes, ${result.kills} killed; ${serverKills} strikes at the server, ${cuts} at connections, ` +
      `${locks} locks; ${told} rows told, ${letters} letters; ${rewritten} rewritten segments left; FAULT_SEED=${seed}`;
    test.diagnostic(summary);
    tell(summary);
    assert.deepEqual(problems, []);
  }

  for (const [index, [what, options]] of Object.entries(CASES).entries()) {
    // The daily run takes one of each pair.
    const isAll = isLong || process.env["FAULT_SPOOL_KILLS"] !== undefined;
    const skipped = isAll ? undefined : "only in long runs (FAULTS=long)";
    it(
      `may be killed at any moment, one after the other: ${what}`,
      { skip: index % 2 === 0 && skipped },
      (test) => survive(test, options, 1),
    );

    it(
      `may be killed or stopped at any moment, though they share a directory: ${what}`,
      { skip: index % 2 === 1 && skipped },
      (test) => survive(test, options, 2),
    );
  }
});
