import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";

import { eventually } from "../helpers/eventually.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { PgBouncer } from "../helpers/pgbouncer.js";
import { commitLate, holdCommits } from "../helpers/server-faults/hold-commits.js";
import { KILLS } from "../helpers/server-faults/kills.js";
import { loseAnswers } from "../helpers/server-faults/process-faults.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { ProcessChaos } from "../helpers/source-faults/process-chaos.js";
import {
  createTables,
  SourceStage,
  writingOn,
  type SourceStageOptions,
} from "../helpers/source-faults/source-stage.js";
import { open, picky } from "../helpers/source-faults/source-tables.js";
import { zombiePlan } from "../helpers/source-faults/zombie-plan.js";

let tables = 0;

/** Names of new tables. */
function newTables(count = 1): string[] {
  return Array.from({ length: count }, () => `sourced_${tables++}`);
}

/** Lets trouble befall readers `times` times, and compares what they wrote. */
async function survive(
  test: TestContext,
  scene: Scene,
  reading: Omit<SourceStageOptions, "seed" | "tables"> & { readonly tables?: readonly string[] },
  strikes: { times: number; kills: boolean },
  strike: (stage: SourceStage, time: number) => Promise<unknown>,
): Promise<void> {
  const seed = chooseSeed();
  await using stage = await SourceStage.open(scene, { tables: newTables(), ...reading, seed });
  for (let time = 0; time < strikes.times; time++) {
    await strike(stage, seed + time);
    await stage.untilFlowing();
  }
  const problems = await stage.end();
  tally({
    ...(strikes.kills ? { serverKills: strikes.times } : { cuts: strikes.times }),
    problems: problems.length,
  });
  const summary = `${strikes.times} strikes; ${stage.summary}; FAULT_SEED=${seed}`;
  test.diagnostic(summary);
  tell(summary);
  assert.deepEqual(problems, []);
  assert.equal(stage.run.stats.inDoubtUnknown, 0);
}

const READINGS = {
  "sources of a table without a key": { kind: open, sources: 2, inserters: 1 },
  "sources of a table that refuses rows": { kind: picky, sources: 2, inserters: 2 },
  "a source of a table with dead letters": { kind: picky, hasLetters: true },
} as const;

describe("sources of a server whose processes end", () => {
  let scene: Scene;
  before(async () => {
    scene = await Scene.open();
  });
  after(() => scene.close());

  for (const [what, reading] of Object.entries(READINGS)) {
    it(`lose no row, double none and refuse none falsely: ${what}`, async (test) => {
      const times = extent("FAULT_SOURCE_SERVER_KILLS", { daily: 2, long: 60 });
      await survive(test, scene, reading, { times, kills: true }, (_, time) => {
        const [, kill] = KILLS[time % KILLS.length]!;
        return kill(scene);
      });
    });
  }
  it("lose no row and double none when tables of a group are written", async (test) => {
    const times = extent("FAULT_SOURCE_SERVER_KILLS", { daily: 2, long: 60 });
    const reading = { kind: picky, sources: 2, tables: newTables(3) };
    await survive(test, scene, reading, { times, kills: true }, (_, time) => {
      const [, kill] = KILLS[time % KILLS.length]!;
      return kill(scene);
    });
  });

  it("know what was committed when the answers are lost with the server", async (test) => {
    const times = extent("FAULT_SOURCE_LOST_ANSWERS", { daily: 1, long: 20 });
    const reading = { kind: picky, sources: 2, inserters: 2 };
    await survive(test, scene, reading, { times, kills: true }, (stage, time) =>
      loseAnswers(stage, (["fast", "immediate", "kill"] as const)[time % 3]!),
    );
  });

  it("write what was not committed when the server is killed during commits", async (test) => {
    const times = extent("FAULT_SOURCE_HELD_COMMITS", { daily: 1, long: 20 });
    const reading = { kind: picky, sources: 2, inserters: 2 };
    await survive(test, scene, reading, { times, kills: true }, async (stage) => {
      await using _ = await holdCommits(stage);
      await scene.server.restart("kill");
    });
  });

  it("wait for backends that commit late, after their connections were cut", async (test) => {
    const times = extent("FAULT_SOURCE_LATE_COMMITS", { daily: 2, long: 100 });
    const reading = { kind: open, sources: 2, inserters: 2 };
    await survive(test, scene, reading, { times, kills: false }, commitLate);
  });

  it("survive their own process and the server, when both are killed", async (test) => {
    const seed = chooseSeed();
    const kills = extent("FAULT_BOTH_KILLS", { daily: 2, long: 40 });
    const options = { kind: picky, tables: newTables(), hasLetters: true };
    await createTables(scene, options);
    scene.proxy.plan((connection) => zombiePlan(seed, connection, ["stall", "abandon"]));
    const writing = writingOn(scene, options);
    await using chaos = await ProcessChaos.create({ kind: picky, source: "both", writing, seed });
    for (let kill = 0; kill < kills; kill++) {
      const process = chaos.start();
      await chaos.work(process);
      await Promise.all([chaos.kill(process), scene.server.restart("kill")]);
    }
    scene.proxy.plan(() => undefined);
    const last = chaos.start();
    await chaos.finish(last);
    await scene.untilIdle();
    const { problems, runs } = await chaos.judge((sql) => scene.server.query(sql));
    tally({ clientKills: runs - 1, serverKills: kills, problems: problems.length });
    test.diagnostic(`${runs} processes; FAULT_SEED=${seed}`);
    assert.deepEqual(problems, []);
  });
});

const skip = !PgBouncer.isInstalled && "pgbouncer is not installed";

describe("sources through PgBouncer in transaction mode", { skip }, () => {
  let scene: Scene;
  let bouncer: PgBouncer;
  before(async () => {
    scene = await Scene.open();
    const url = new URL(scene.writerUrl);
    url.port = `${scene.server.port}`;
    bouncer = await PgBouncer.start(url.href, 3);
    scene.leadBy(bouncer.url);
  });
  after(async () => {
    await bouncer.stop();
    await scene.close();
  });

  for (const [what, reading] of Object.entries(READINGS)) {
    it(`lose no row, double none and refuse none falsely when connections are cut: ${what}`, async (test) => {
      const cuts = extent("FAULT_SOURCE_PGBOUNCER_CUTS", { daily: 15, long: 400 });
      await survive(test, scene, reading, { times: 1, kills: false }, async (_, seed) => {
        const { proxy } = scene;
        const enough = proxy.faults.length + cuts;
        proxy.plan((connection) => zombiePlan(seed, connection));
        proxy.strike("cut");
        await eventually(() => proxy.faults.length > enough, "connections are cut", cuts * 2);
        proxy.plan(() => undefined);
        tally({ cuts, problems: 0 });
      });
    });
  }

  it("may be taken by processes from each other, though some are stopped and go on", async (test) => {
    const turns = extent("FAULT_SOURCE_PGBOUNCER_TURNS", { daily: 2, long: 40 });
    const seed = chooseSeed();
    const options = { kind: picky, tables: newTables() };
    await createTables(scene, options);
    const writing = writingOn(scene, options);
    await using chaos = await ProcessChaos.create({ kind: picky, source: "pooled", writing, seed });
    await chaos.finish(await chaos.takeTurns(turns));
    await scene.untilIdle();
    const { problems, books } = await chaos.judge((sql) => scene.server.query(sql));
    tally({ problems: problems.length });
    test.diagnostic(`${turns} turns, ${books.audited} positions; FAULT_SEED=${seed}`);
    assert.deepEqual(problems, []);
  });

  it("lose no row and double none when processes end", async (test) => {
    const times = extent("FAULT_SOURCE_PGBOUNCER_KILLS", { daily: 1, long: 40 });
    const reading = { kind: picky, sources: 2, inserters: 1 };
    await survive(test, scene, reading, { times, kills: true }, (_, time) => {
      const [, kill] = KILLS[time % KILLS.length]!;
      return kill(scene);
    });
  });
});
