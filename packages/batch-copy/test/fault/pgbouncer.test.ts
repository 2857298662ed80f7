import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";

import { Client } from "pg";

import { Copier, int4, table, text } from "../../dist/index.js";
import { eventually } from "../helpers/eventually.js";
import { cutPlan } from "../helpers/fault/cut-plan.js";
import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { PgBouncer } from "../helpers/pgbouncer.js";
import { processFaults } from "../helpers/server-faults/process-faults.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { strike } from "../helpers/server-faults/server-fault.js";
import { Stage } from "../helpers/server-faults/stage.js";

async function assertGoodEnd(stage: Stage, test: TestContext): Promise<void> {
  await stage.untilFlowing();
  const report = await stage.end();
  const { retries, inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = stage.stats;
  test.diagnostic(
    `${report.present} rows, ${retries} retries for ${[...stage.met].join(" ")}; in doubt: ` +
      `${inDoubtCommitted} committed, ${inDoubtAborted} aborted, ${inDoubtUnknown} unknown`,
  );
  assert.deepEqual(report.problems, []);
}

const skip = !PgBouncer.isInstalled && "pgbouncer is not installed";

describe("through PgBouncer in transaction mode", { skip }, () => {
  let scene: Scene;
  let bouncer: PgBouncer;
  before(async () => {
    scene = await Scene.open();
    bouncer = await startBouncer(2);
    scene.leadBy(bouncer.url);
  });
  after(async () => {
    await bouncer.stop();
    await scene.close();
  });

  function startBouncer(connections: number): Promise<PgBouncer> {
    const url = new URL(scene.writerUrl);
    url.port = `${scene.server.port}`;
    return PgBouncer.start(url.href, connections);
  }

  it("a COPY that fails while its data is on the way harms nobody else", async () => {
    const single = await startBouncer(1);
    const definition = table("locked", { id: int4, note: text });
    await scene.server.query(`${definition.ddl} GRANT INSERT ON locked TO writer`);
    const copier = await Copier.connect(definition, {
      databaseUrl: single.url,
      retry: { minDelayMs: 300 },
    });
    await scene.changeSetting("lock_timeout", "100ms");
    const lock = await scene.lockTable("locked");
    const note = "n".repeat(20_000);
    await copier.sendMany(Array.from({ length: 200 }, (_, id) => ({ id, note })));
    // Another client gets the one connection to the server as soon as the COPY has failed.
    const other = new Client({ connectionString: single.url, query_timeout: 1000 });
    await other.connect();
    while (copier.stats.retries < 3) {
      await other.query("SELECT 1");
    }
    await other.end();
    await scene.resetSetting("lock_timeout");
    await lock[Symbol.asyncDispose]();
    await copier.close();
    const found = await scene.server.query("SELECT FROM locked");
    assert.equal(found.length, 200);
    await single.stop();
  });

  it("refused rows come back, and no others", async () => {
    const definition = table("checked", { id: int4, note: text });
    await scene.server.query(
      `${definition.ddl} GRANT INSERT ON checked TO writer; ALTER TABLE checked ADD CHECK (id % 10 <> 7)`,
    );
    const refused: number[] = [];
    const copier = await Copier.connect(definition, {
      databaseUrl: bouncer.url,
      onReject: ({ row }) => void refused.push(row.id),
    });
    await copier.sendMany(Array.from({ length: 500 }, (_, id) => ({ id, note: "" })));
    await assert.rejects(copier.insert({ id: 507, note: "" }), { sqlState: "23514" });
    await copier.insert({ id: 508, note: "" });
    await copier.close();
    assert.deepEqual(
      refused,
      Array.from({ length: 50 }, (_, n) => 10 * n + 7),
    );
    const found = await scene.server.query("SELECT FROM checked");
    assert.equal(found.length, 451);
  });

  for (const [guard, options, variable] of [
    ["their transaction ids", {}, "FAULT_PGBOUNCER_CUTS"],
    ["a ledger", { ledger: true }, "FAULT_LEDGER_PGBOUNCER_CUTS"],
  ] as const) {
    it(`no row is lost and none doubled when its clients' connections are cut, and commits are looked up by ${guard}`, async (test) => {
      const seed = chooseSeed();
      const cuts = extent(variable, { daily: 60, long: 2000 });
      await using stage = await Stage.open(scene, seed, options);
      const { proxy } = scene;
      const enough = proxy.faults.length + cuts;
      proxy.plan((connection) => cutPlan(seed, connection));
      proxy.strike("cut");
      await eventually(() => proxy.faults.length > enough, "connections are cut", cuts);
      proxy.plan(() => undefined);
      await assertGoodEnd(stage, test);
      tally({ cuts, problems: 0 });
      assert.ok(!("ledger" in options) || stage.stats.inDoubtUnknown === 0);
    });
  }

  for (const fault of processFaults) {
    it(`no row is lost and none doubled when ${fault.what}`, async (test) => {
      const seed = chooseSeed();
      await using stage = await Stage.open(scene, seed);
      await strike(stage, fault);
      await assertGoodEnd(stage, test);
    });
  }

  it("no row is lost, none doubled and none in doubt when processes end, with a ledger", async (test) => {
    const seed = chooseSeed();
    const kills = extent("FAULT_LEDGER_PGBOUNCER_KILLS", { daily: 3, long: 60 });
    await using stage = await Stage.open(scene, seed, { ledger: true });
    for (let kill = 0; kill < kills; kill++) {
      await strike(stage, processFaults[(seed + kill) % processFaults.length]!);
    }
    await assertGoodEnd(stage, test);
    tally({ serverKills: kills, problems: 0 });
    assert.equal(stage.stats.inDoubtUnknown, 0);
  });
});
