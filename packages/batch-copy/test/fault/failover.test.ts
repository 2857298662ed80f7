import assert from "node:assert/strict";
import { after, beforeEach, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import type { BooksReport } from "../helpers/fault/books-report.js";
import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { loseInTurn } from "../helpers/server-faults/held-standby.js";
import { holdAnswers } from "../helpers/server-faults/hold-commits.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { Stage } from "../helpers/server-faults/stage.js";
import { Standby } from "../helpers/server-faults/standby.js";

/** Each answer to insert() tells of a commit, at once. */
const INSERTERS = { inserters: 30, senders: 0 };

let scene: Scene;
beforeEach(async () => {
  await scene?.close();
  scene = await Scene.open();
});
after(() => scene.close());

function tell(test: TestContext, report: BooksReport, stage: Stage, seed: number): void {
  const { confirmed, inDoubt } = report.fates;
  const { inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = stage.stats;
  test.diagnostic(
    `${confirmed} rows confirmed, ${inDoubt} in doubt, ${report.present} present, ` +
      `${report.count("doubled")} doubled, ${report.count("lost")} lost; batches in doubt: ${inDoubtCommitted} ` +
      `committed, ${inDoubtAborted} aborted, ${inDoubtUnknown} unknown; FAULT_SEED=${seed}`,
  );
}

describe("when a synchronous standby takes over", () => {
  it("nothing is lost or doubled if what cannot be known is handed back", async (test) => {
    const seed = chooseSeed();
    await using standby = await Standby.start(scene, { isSynchronous: true });
    await using stage = await Stage.open(scene, seed, { onInDoubt: "reject" });
    await holdAnswers(stage);
    await standby.losePrimary();
    await standby.takeOver();
    await stage.untilFlowing();
    const report = await stage.end();
    tell(test, report, stage, seed);
    assert.deepEqual(report.problems, []);
    assert.ok(report.fates.inDoubt > 0);
    // Some of them had been committed indeed.
    assert.ok(report.present > report.fates.confirmed);
  });

  it("nothing is lost, and some rows may be doubled, if they are written again", async (test) => {
    const seed = chooseSeed();
    await using standby = await Standby.start(scene, { isSynchronous: true });
    await using stage = await Stage.open(scene, seed, { onInDoubt: "retry" });
    await holdAnswers(stage);
    await standby.losePrimary();
    await standby.takeOver();
    await stage.untilFlowing();
    const report = await stage.end();
    tell(test, report, stage, seed);
    const others = report.problems.filter((problem) => !problem.includes("doubled"));
    assert.deepEqual(others, []);
    assert.ok(report.count("doubled") > 0);
    assert.ok(stage.stats.inDoubtUnknown > 0);
  });
});

/** How many warnings tell of rows that a server has lost, while the work goes on. */
async function warningsOfLoss(work: () => Promise<void>): Promise<number> {
  let warnings = 0;
  const onWarning = ({ message }: Error): void => {
    warnings += message.includes("rowsForgotten") ? 1 : 0;
  };
  process.on("warning", onWarning);
  await work();
  process.off("warning", onWarning);
  return warnings;
}

describe("with a ledger, when a standby takes over", () => {
  it("nothing is lost, doubled or unknown if it is synchronous, whatever its commits waited for", async (test) => {
    const seed = chooseSeed();
    const promotions = extent("FAULT_LEDGER_PROMOTIONS", { daily: 1, long: 24 });
    for (let promotion = 1; promotion <= promotions; promotion++) {
      await using standby = await Standby.start(scene, { isSynchronous: true });
      await using stage = await Stage.open(scene, seed + promotion, { ledger: true });
      await loseInTurn(seed + promotion, stage, standby);
      await standby.losePrimary();
      await standby.takeOver();
      await stage.untilFlowing();
      const report = await stage.end();
      tell(test, report, stage, seed);
      tally({ promotions: 1, problems: report.problems.length });
      assert.deepEqual(report.problems, []);
      assert.equal(report.fates.inDoubt, 0);
      const { inDoubtCommitted, inDoubtAborted, inDoubtUnknown, rowsForgotten } = stage.stats;
      assert.deepEqual([inDoubtUnknown, rowsForgotten], [0, 0]);
      assert.ok(inDoubtCommitted + inDoubtAborted > 0);
    }
  });

  it("a lane that the server lost is noticed: the rows that are gone are counted, and no other is lost", async (test) => {
    const seed = chooseSeed();
    const promotions = extent("FAULT_LEDGER_LAGS", { daily: 1, long: 15 });
    for (let promotion = 1; promotion <= promotions; promotion++) {
      await using standby = await Standby.start(scene, { isSynchronous: false });
      const options = { ledger: true } as const;
      await using stage = await Stage.open(scene, seed + promotion, options, INSERTERS);
      standby.lag();
      await stage.untilFlowing();
      await holdAnswers(stage);
      await standby.losePrimary();
      // What is still to be heard from it.
      await sleep(50);
      const confirmed = stage.books.idsOf("confirmed");
      let report: BooksReport | undefined;
      const warnings = await warningsOfLoss(async () => {
        await standby.takeOver();
        await stage.untilFlowing();
        report = await stage.end();
      });
      tell(test, report!, stage, seed);
      const lost = report!.idsOf("lost");
      const others = report!.problems.filter((problem) => !problem.includes("lost"));
      tally({ promotions: 1, problems: others.length });
      assert.ok(lost.size > 0);
      assert.deepEqual(
        [...lost].filter((id) => !confirmed.has(id)),
        [],
      );
      assert.deepEqual(others, []);
      assert.equal(report!.fates.inDoubt, 0);
      assert.equal(stage.stats.rowsForgotten, lost.size);
      assert.ok(warnings > 0, "a warning tells of them");
    }
  });
});

describe("when an asynchronous standby that lags takes over", () => {
  it("only rows are lost that the old primary had confirmed", async (test) => {
    const seed = chooseSeed();
    await using standby = await Standby.start(scene, { isSynchronous: false });
    await using stage = await Stage.open(scene, seed, { onInDoubt: "reject" }, INSERTERS);
    standby.lag();
    await stage.untilFlowing();
    await holdAnswers(stage);
    await standby.losePrimary();
    // What is still to be heard from it.
    await sleep(50);
    const confirmed = stage.books.idsOf("confirmed");
    await standby.takeOver();
    await stage.untilFlowing();
    const report = await stage.end();
    tell(test, report, stage, seed);
    const lost = report.idsOf("lost");
    assert.ok(lost.size > 0);
    assert.deepEqual(
      [...lost].filter((id) => !confirmed.has(id)),
      [],
    );
    const others = report.problems.filter((problem) => !problem.includes("lost"));
    assert.deepEqual(others, []);
  });
});
