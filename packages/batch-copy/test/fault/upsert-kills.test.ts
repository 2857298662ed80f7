import assert from "node:assert/strict";
import { after, before, describe, it, type TestContext } from "node:test";

import type { CopierOptions } from "../../dist/index.js";
import { eventually } from "../helpers/eventually.js";
import { CounterRun } from "../helpers/fault/counter-run.js";
import {
  counted,
  countedAndRefused,
  latest,
  type Counter,
  type CounterKind,
} from "../helpers/fault/counter-table.js";
import { cutPlan } from "../helpers/fault/cut-plan.js";
import { chooseSeed, extent } from "../helpers/fault/extent.js";
import { tally } from "../helpers/fault/tally.js";
import { PgBouncer } from "../helpers/pgbouncer.js";
import { busyBackend, KILLS } from "../helpers/server-faults/kills.js";
import { patiently } from "../helpers/server-faults/patiently.js";
import { Scene } from "../helpers/server-faults/scene.js";

const KINDS = [counted, countedAndRefused, latest];

let tables = 0;

/** Lets trouble befall a copier that upserts, and compares what it wrote. */
async function survive(
  test: TestContext,
  scene: Scene,
  kind: CounterKind,
  trouble: (run: CounterRun, seed: number) => Promise<void>,
  guard: Pick<CopierOptions, "ledger" | "onInDoubt"> = { onInDoubt: "reject" },
): Promise<void> {
  const seed = chooseSeed();
  const name = `counters_${tables++}`;
  await scene.server.query(`${kind.ddl}; GRANT ALL ON {t} TO writer`.replaceAll("{t}", name));
  const run = await CounterRun.start({
    kind,
    name,
    seed,
    options: {
      databaseUrl: scene.writerUrl,
      connections: 3,
      connectTimeoutMs: 1000,
      ...guard,
    },
  });
  await trouble(run, seed);
  await untilFlowing(run);
  await run.end();
  const found = await scene.server.query<Counter>(`SELECT * FROM ${name}`);
  const { retries, inDoubtCommitted, inDoubtAborted, inDoubtUnknown } = run.stats;
  test.diagnostic(
    `${kind.form}: ${run.books.size} rows of ${found.length} keys, ${run.books.refused.size} refused, ` +
      `${run.books.doubtful} in doubt; ${retries} retries; batches in doubt: ${inDoubtCommitted} committed, ` +
      `${inDoubtAborted} aborted, ${inDoubtUnknown} unknown; FAULT_SEED=${seed}`,
  );
  assert.deepEqual(run.problems(found), []);
}

/** Resolves when some more batches are committed. */
async function untilFlowing(run: CounterRun): Promise<void> {
  const enough = run.stats.batchesCommitted + 20;
  await patiently(() => run.stats.batchesCommitted >= enough, "rows are committed");
}

describe("upserts of a server whose processes end", () => {
  let scene: Scene;
  before(async () => {
    scene = await Scene.open();
  });
  after(() => scene.close());

  for (const [what, strike] of KILLS) {
    for (const kind of KINDS) {
      it(`are not lost, not applied twice and in order when ${what}: rows ${kind.what}`, async (test) => {
        const times = extent("FAULT_UPSERT_KILLS", { daily: 2, long: 20 });
        await survive(test, scene, kind, async (run) => {
          for (let time = 0; time < times; time++) {
            await untilFlowing(run);
            await strike(scene);
          }
        });
      });
    }
  }
});

describe("upserts of a server whose processes end, with a ledger", () => {
  let scene: Scene;
  before(async () => {
    scene = await Scene.open();
  });
  after(() => scene.close());

  for (const kind of KINDS) {
    it(`are not lost, not applied twice and in order: rows ${kind.what}`, async (test) => {
      const times = extent("FAULT_LEDGER_UPSERT_KILLS", { daily: 2, long: 40 });
      const seed = chooseSeed();
      const trouble = async (run: CounterRun): Promise<void> => {
        for (let time = 0; time < times; time++) {
          await untilFlowing(run);
          const [, strike] = KILLS[(seed + time) % KILLS.length]!;
          await strike(scene);
        }
      };
      await survive(test, scene, kind, trouble, { ledger: true });
      tally({ serverKills: times, problems: 0 });
    });
  }
});

const skip = !PgBouncer.isInstalled && "pgbouncer is not installed";

describe("upserts through PgBouncer in transaction mode", { skip }, () => {
  let scene: Scene;
  let bouncer: PgBouncer;
  before(async () => {
    scene = await Scene.open();
    const url = new URL(scene.writerUrl);
    url.port = `${scene.server.port}`;
    bouncer = await PgBouncer.start(url.href, 2);
    scene.leadBy(bouncer.url);
  });
  after(async () => {
    await bouncer.stop();
    await scene.close();
  });

  for (const kind of KINDS) {
    it(`are not lost, not applied twice and in order when connections are cut: rows ${kind.what}`, async (test) => {
      const cuts = extent("FAULT_UPSERT_PGBOUNCER_CUTS", { daily: 40, long: 1000 });
      await survive(test, scene, kind, async (_, seed) => {
        const { proxy } = scene;
        const enough = proxy.faults.length + cuts;
        proxy.plan((connection) => cutPlan(seed, connection));
        proxy.strike("cut");
        await eventually(() => proxy.faults.length > enough, "connections are cut", cuts);
        proxy.plan(() => undefined);
      });
      const stages = await scene.server.query(
        "SELECT FROM pg_class WHERE relname LIKE 'batch\\_copy\\_%' AND relpersistence = 't'",
      );
      assert.equal(stages.length, 0);
    });

    it(`are not lost, not applied twice and in order when backends are terminated: rows ${kind.what}`, async (test) => {
      await survive(test, scene, kind, async (run) => {
        for (let time = 0; time < 3; time++) {
          await untilFlowing(run);
          await scene.server.query(`SELECT pg_terminate_backend(${await busyBackend(scene)})`);
        }
      });
    });
  }
});
