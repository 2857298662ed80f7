import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { after, describe, it } from "node:test";

import { Batch } from "../../dist/batch/batch.js";
import { systemClock, type Clock } from "../../dist/batch/clock.js";
import { Connections } from "../../dist/copy/connections.js";
import { LostBackends } from "../../dist/copy/lost-backends.js";
import { OneAddress } from "../../dist/delivery/addresses.js";
import { Alarm } from "../../dist/delivery/alarm.js";
import type { Destination } from "../../dist/delivery/destination.js";
import type { Fate } from "../../dist/delivery/fate.js";
import { Lanes, type BatchSource, type Lane } from "../../dist/delivery/lane.js";
import { Load } from "../../dist/delivery/load.js";
import { zeroRunCounts, type Means } from "../../dist/delivery/means.js";
import { Health } from "../../dist/delivery/patience.js";
import { Rejecter } from "../../dist/delivery/rejecter.js";
import { zeroRowCounts } from "../../dist/delivery/row-counts.js";
import { Schedule } from "../../dist/delivery/schedule.js";
import { runSlice } from "../../dist/delivery/slice-run.js";
import { SliceSource } from "../../dist/delivery/slice-source.js";
import { ANY_TIME } from "../../dist/delivery/turns.js";
import { copyWrite } from "../../dist/transaction/copy-write.js";
import { XidGuard } from "../../dist/transaction/xid-guard.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";

const db = useDatabase();
/** One row without bytes for a table. */
function oneRowFor(destination: Destination): SliceSource {
  const slice = { rows: 1, bytes: 0, messages: [] };
  const rows = { batch: new Batch(0, undefined as never), slice, tuples: () => [] };
  const guarded = { moves: [], isOfLane: true, aside: [] };
  return new SliceSource(
    () => new Load(rows, new OneAddress(destination), guarded),
    () => Promise.resolve("same"),
  );
}

const connections = new Connections({
  databaseUrl,
  connection: undefined,
  pool: undefined,
  connections: 1,
  connectTimeoutMs: 2000,
  needsXactId: true,
  poolTimeoutMs: 30_000,
  connectionLifetimeMs: 60_000,
});
after(() => connections.close());

/** Writes no rows to a table, with a clock of the test's own: nothing expects that a clock throws. */
function runWith(clock: Clock, table: string): Promise<Fate> {
  const statement = `COPY ${table} FROM STDIN (FORMAT binary)`;
  const write = copyWrite({ statement, insertStatement: "", contextName: table });
  const means: Means = {
    route: {
      connections,
      guard: new XidGuard(connections.incarnations, undefined),
      prepare: undefined,
    },
    lockTimeoutMs: undefined,
    lostBackends: new LostBackends(connections),
    table,
    retry: { minDelayMs: 1, maxDelayMs: 1, timeoutMs: Infinity },
    copyTimeoutMs: 1000,
    onInDoubt: "retry",
    sessions: 1,
    clock,
    health: new Health(),
    alarm: new Alarm(systemClock),
    counts: zeroRunCounts(),
    onForgotten() {},
  };
  const destination: Destination = {
    table,
    write: () => write,
    findMismatch: () => Promise.resolve(undefined),
    deadLetters: undefined,
    rejecter: new Rejecter({ table, onReject: undefined, group: means }),
    alarm: means.alarm,
    counts: zeroRowCounts(),
  };
  return runSlice(
    means,
    { lane: heldLane(), turn: ANY_TIME },
    oneRowFor(destination),
    new AbortController().signal,
  );
}

function heldLane(): Lane {
  let held: Lane | undefined;
  const source: BatchSource = {
    get hasBatch() {
      return held === undefined;
    },
    isFailing: false,
    start(lane) {
      held = lane;
    },
  };
  new Lanes(new Schedule(1, false), source).request();
  return held!;
}

function clockThatThrows(shouldThrow: () => boolean): Clock {
  return {
    ...systemClock,
    now() {
      if (shouldThrow()) {
        throw new Error("the clock throws");
      }
      return systemClock.now();
    },
  };
}

describe("an exception that nothing expects", () => {
  it("hands rows back that are not committed", async () => {
    const fate = await runWith(
      clockThatThrows(() => true),
      "nothing",
    );
    assert.equal(fate.kind, "lost");
    assert.match((fate as { error: Error }).error.message, /the clock throws/);
  });

  it("after a failed attempt hands the rows back", async () => {
    let calls = 0;
    const fate = await runWith(
      // Not those of the beginning.
      clockThatThrows(() => ++calls > 3),
      `${db.schema}.no_such_table`,
    );
    assert.equal(fate.kind, "lost");
  });

  it("after the commit changes nothing: the rows are committed", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.committed (id int)`);
    let isSubscribed = false;
    const listen = (): void => {};
    const delivered = runWith(
      clockThatThrows(() => isSubscribed),
      `${db.schema}.committed`,
    );
    // A message says how long the batch took, by the clock.
    isSubscribed = true;
    subscribe("batch-copy:commit", listen);
    const fate = await delivered;
    unsubscribe("batch-copy:commit", listen);
    assert.equal(fate.kind, "committed");
  });
});
