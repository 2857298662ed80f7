import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, beforeEach, describe, it, type TestContext } from "node:test";

import { Copier, FencedError } from "../../dist/index.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { cancelWaits, loseInTurn } from "../helpers/server-faults/held-standby.js";
import { holdAnswers } from "../helpers/server-faults/hold-commits.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { Standby } from "../helpers/server-faults/standby.js";
import { SOURCE_OPTIONS } from "../helpers/source-faults/sink.js";
import { createTables, SourceStage, writingOn } from "../helpers/source-faults/source-stage.js";
import { open, picky } from "../helpers/source-faults/source-tables.js";
import { sourceTable } from "../helpers/source-faults/unit.js";

let scene: Scene;
beforeEach(async () => {
  await scene?.close();
  scene = await Scene.open();
});
after(() => scene.close());

/** A failover: what is read, and what happens between the start of the standby and its promotion. */
interface Failover {
  readonly isSynchronous: boolean;
  readonly mayRewind: boolean;
  readonly lose: (turn: number, stage: SourceStage, standby: Standby) => Promise<void>;
}

/** Lets standbys take over, one after the other. */
async function survive(
  test: TestContext,
  times: number,
  { isSynchronous, lose, ...reading }: Failover,
): Promise<{ rewound: number }> {
  const seed = chooseSeed();
  let rewound = 0;
  for (let time = 1; time <= times; time++) {
    await using standby = await Standby.start(scene, { isSynchronous });
    await using stage = await SourceStage.open(scene, {
      kind: picky,
      tables: [`failed_over_${time}`],
      sources: 2,
      hasLetters: (seed + time) % 2 === 0,
      ...reading,
      seed: seed + time,
    });
    await lose(seed + time, stage, standby);
    await standby.losePrimary();
    await standby.takeOver();
    const problems = await stage.end();
    rewound += stage.run.counts.rewound;
    tally({ promotions: 1, problems: problems.length });
    const summary = `${stage.summary}, ${stage.run.counts.rewound} times rewound; FAULT_SEED=${seed}`;
    test.diagnostic(summary);
    tell(summary);
    assert.deepEqual(problems, []);
    assert.equal(stage.run.stats.inDoubtUnknown, 0);
  }
  return { rewound };
}

describe("sources whose server is replaced", () => {
  it("lose nothing and read nothing again if its standby is synchronous, whatever commits waited for", async (test) => {
    const times = extent("FAULT_SOURCE_PROMOTIONS", { daily: 1, long: 18 });
    const { rewound } = await survive(test, times, {
      isSynchronous: true,
      mayRewind: false,
      lose: loseInTurn,
    });
    assert.equal(rewound, 0);
  });

  it("read again what a canceled wait for the standby had confirmed", async (test) => {
    const times = extent("FAULT_SOURCE_CANCELED_WAITS", { daily: 1, long: 6 });
    await survive(test, times, {
      isSynchronous: true,
      mayRewind: true,
      lose: (_, stage, standby) => cancelWaits(stage, standby),
    });
  });

  it("are read again from where a standby was that lagged, and are complete then", async (test) => {
    const times = extent("FAULT_SOURCE_LAGS", { daily: 1, long: 18 });
    const { rewound } = await survive(test, times, {
      isSynchronous: false,
      mayRewind: true,
      lose: async (_, stage, standby) => {
        standby.lag();
        await stage.untilFlowing();
        await holdAnswers(stage);
      },
    });
    assert.ok(rewound > 0);
  });

  it("belong to whoever claimed them on the server that is left", async () => {
    const [kind, tables] = [open, ["claimed"]];
    await createTables(scene, { kind, tables });
    const { options, ledger } = writingOn(scene, { tables });
    const connect = (): Promise<Copier<object>> =>
      Copier.connect(sourceTable("claimed", "work"), {
        ...SOURCE_OPTIONS,
        ...options,
        ledger: { table: ledger },
      });
    const rowAt = (id: number): object => {
      return { id, key: id, trait: "none", body: "", checksum: randomUUID() };
    };
    const [former, next] = [await connect(), await connect()];
    const first = await former.source("contested", { start: 0 });
    await first.send(rowAt(1), 1);
    await first.close();

    await using standby = await Standby.start(scene, { isSynchronous: false });
    standby.lag();
    // This claim and this row are lost with the server.
    const lost = await former.source("contested");
    await lost.send(rowAt(2), 2);
    await lost.flush();
    await standby.losePrimary();
    await standby.takeOver();

    const second = await next.source("contested");
    assert.equal(second.position, 2n);
    await second.send(rowAt(2), 2);
    await second.flush();
    await lost.send(rowAt(3), 3).catch(isFenced);
    await assert.rejects(lost.flush(), FencedError);
    await second.send(rowAt(3), 3);
    await second.close();
    await Promise.all([former.close(), next.close()]);
    const rows = await scene.server.query("SELECT id::int FROM work.claimed ORDER BY id");
    assert.deepEqual(rows, [{ id: 1 }, { id: 2 }, { id: 3 }]);
  });
});

function isFenced(error: unknown): void {
  assert.ok(error instanceof FencedError);
}
