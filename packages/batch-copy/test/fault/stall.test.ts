import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { after, afterEach, describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import type { CommitMessage } from "../../dist/index.js";
import { eventually } from "../helpers/eventually.js";
import { chooseSeed, extent } from "../helpers/fault/extent.js";
import type { Plan } from "../helpers/fault/plan.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { Stage } from "../helpers/server-faults/stage.js";

const MIB = 1024 * 1024;
/** Much shorter than what the server is given to do. */
const IMPATIENT = { copyTimeoutMs: 150 };

const scene = await Scene.open();
after(() => scene.close());
afterEach(() => scene.proxy.plan(() => undefined));

async function openStage(): Promise<Stage> {
  return Stage.open(scene, chooseSeed(), IMPATIENT);
}

/** Ends the stage well: nothing lost, nothing doubled, and no session left behind. */
async function assertGoodEnd(stage: Stage, test: TestContext): Promise<void> {
  await stage.untilFlowing();
  const report = await stage.end();
  const { retries, inDoubtCommitted, inDoubtAborted } = stage.stats;
  test.diagnostic(
    `${report.present} rows, ${retries} retries, ${inDoubtCommitted} + ${inDoubtAborted} in doubt`,
  );
  assert.deepEqual(report.problems, []);
  await scene.untilIdle();
}

/** Cuts all connections, and gives new ones the plan until it has befallen some of them. */
async function untilNextMeet(plan: Plan): Promise<void> {
  const { proxy } = scene;
  proxy.strike("cut");
  const { length } = proxy.faults;
  const enough = length + 3;
  proxy.plan(() => (proxy.faults.length < enough ? plan : undefined));
  await eventually(() => proxy.faults.length > length, `a connection meets ${plan.fault}`);
}

describe("what takes the server longer than copyTimeoutMs is waited for:", () => {
  it("a lock on the table; memory stays flat, senders wait, everything arrives", async (test) => {
    const seconds = extent("FAULT_LOCK_SECONDS", { daily: 2, long: 180 });
    await using stage = await openStage();
    const lock = await scene.lockTable(stage.name);
    await sleep(1000);
    const issued = stage.books.size;
    const { rowsAccepted } = stage.stats;
    const atFirst = memory();
    await sleep(seconds * 1000);
    const atLast = memory();
    assert.deepEqual([stage.books.size, stage.stats.rowsAccepted], [issued, rowsAccepted]);
    assert.equal(stage.stats.retries, 0);
    const live = atLast.live - atFirst.live;
    assert.ok(live < 4 * MIB, `${live} bytes more are alive after ${seconds} s`);
    // Each look at the backend opens a connection, whose buffers the system's allocator keeps.
    const resident = atLast.resident - atFirst.resident;
    assert.ok(resident < 64 * MIB, `${resident} bytes more are held after ${seconds} s`);
    await lock[Symbol.asyncDispose]();
    await assertGoodEnd(stage, test);
  });

  it("a slow trigger", async (test) => {
    await using stage = await openStage();
    await stage.sql(`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(0.6); RETURN NULL; END';
      CREATE TRIGGER dawdle BEFORE INSERT ON ${stage.name} EXECUTE FUNCTION dawdle()`);
    const { batchesCommitted } = stage.stats;
    await eventually(() => stage.stats.batchesCommitted > batchesCommitted + 3, "slow commits");
    await stage.sql(`DROP TRIGGER dawdle ON ${stage.name}`);
    assert.equal(stage.stats.retries, 0);
    await assertGoodEnd(stage, test);
  });

  it("a synchronous standby; and if that wait is cut short, it says so", async (test) => {
    await using stage = await openStage();
    const localOnly: CommitMessage[] = [];
    const onCommit = (message: unknown): void => {
      const commit = message as CommitMessage;
      if (commit.isLocalOnly) {
        localOnly.push(commit);
      }
    };
    subscribe("batch-copy:commit", onCommit);
    await scene.changeSetting("synchronous_standby_names", "nobody");
    await sleep(600);
    const { batchesCommitted } = stage.stats;
    assert.equal(localOnly.length, 0);
    await stage.sql(
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    await eventually(() => stage.stats.batchesCommitted > batchesCommitted, "a local commit");
    assert.ok(localOnly.length > 0);
    await scene.resetSetting("synchronous_standby_names");
    unsubscribe("batch-copy:commit", onCommit);
    assert.equal(stage.stats.retries, 0);
    await assertGoodEnd(stage, test);
  });
});

describe("a connection on which nothing moves is given up,", () => {
  it("on the way to the server before CopyDone", async (test) => {
    await using stage = await openStage();
    const place = { direction: "toServer", side: "before", type: "c", nth: 2 } as const;
    await untilNextMeet({ at: place, fault: "stall" });
    await assertGoodEnd(stage, test);
    assert.ok(stage.stats.retries > 0);
  });

  it("on the way back after CopyDone, and the commit is asked about", async (test) => {
    await using stage = await openStage();
    // The second answer of a transaction is that of its COPY.
    const place = { direction: "toClient", side: "after", type: "G", nth: 2 } as const;
    await untilNextMeet({ at: place, fault: "stall" });
    await assertGoodEnd(stage, test);
    const { inDoubtCommitted, inDoubtUnknown } = stage.stats;
    assert.ok(inDoubtCommitted > 0);
    assert.equal(inDoubtUnknown, 0);
  });

  it("as soon as it is opened: a server that accepts and never answers", async (test) => {
    await using stage = await openStage();
    await untilNextMeet({ at: { direction: "toServer", byte: 0 }, fault: "stall" });
    await assertGoodEnd(stage, test);
    assert.ok(stage.stats.retries > 0);
  });
});

describe("a backend that has not noticed the loss of its client", () => {
  it("does not stay in the way of its own rows' next attempt", async (test) => {
    await using stage = await openStage();
    await stage.sql(`ALTER TABLE ${stage.name} ADD UNIQUE (id)`);
    const place = { direction: "toServer", side: "before", type: "c", nth: 2 } as const;
    await untilNextMeet({ at: place, fault: "abandon" });
    await assertGoodEnd(stage, test);
    assert.equal(stage.stats.rowsRejected, 0);
  });

  it("because it was waiting for a lock is ended when it has got it", async (test) => {
    await using stage = await openStage();
    const lock = await scene.lockTable(stage.name);
    let waiting: { pid: number }[] = [];
    await eventually(async () => {
      waiting = await stage.sql("SELECT pid FROM pg_locks WHERE NOT granted");
      return waiting.length === 3;
    }, "every lane waits");
    scene.proxy.strike("abandon", ({ phase }) => phase === "copying");
    // Time enough to be left alone.
    await sleep(300);
    await lock[Symbol.asyncDispose]();
    const pids = waiting.map(({ pid }) => pid);
    await eventually(async () => {
      const left = await stage.sql(`SELECT FROM pg_stat_activity WHERE pid IN (${pids.join()})`);
      return left.length === 0;
    }, "the backends are ended");
    await assertGoodEnd(stage, test);
  });

  it("in the middle of a batch is ended too", async (test) => {
    await using stage = await openStage();
    await stage.sql(`ALTER TABLE ${stage.name} ADD UNIQUE (id)`);
    await untilNextMeet({ at: { direction: "toServer", byte: 5000 }, fault: "abandon" });
    await assertGoodEnd(stage, test);
    assert.equal(stage.stats.rowsRejected, 0);
  });
});

/** What is alive, and what the process holds in all. */
function memory(): { readonly live: number; readonly resident: number } {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { live: heapUsed + arrayBuffers, resident: rss };
}
