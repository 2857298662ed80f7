import assert from "node:assert/strict";
import { after, afterEach, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { UndeliveredError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { chooseSeed } from "../helpers/fault/extent.js";
import { holdCommits } from "../helpers/server-faults/hold-commits.js";
import { Scene } from "../helpers/server-faults/scene.js";
import { Stage } from "../helpers/server-faults/stage.js";

const TIMEOUT_MS = 300;
/** More than that is too late. */
const LATE_MS = 1500;

/** A pause between attempts must not keep the copier from closing. */
const PATIENT = { retry: { minDelayMs: 60_000, maxDelayMs: 60_000 } };

const db = useDatabase();
const scene = await Scene.open();
after(() => scene.close());
afterEach(() => {
  scene.show();
  scene.proxy.plan(() => undefined);
});

/** What a copier may be in the middle of: begins it, and returns what ends it. */
interface Trouble {
  readonly what: string;
  begin(stage: Stage): Promise<() => Promise<unknown> | void>;
}

const TROUBLES: readonly Trouble[] = [
  {
    what: "the server is away",
    async begin() {
      scene.hide();
      scene.proxy.strike("cut");
      await sleep(100);
      return () => {};
    },
  },
  {
    what: "the server takes connections and says nothing",
    async begin() {
      const { proxy } = scene;
      const { connections } = proxy;
      proxy.plan(() => ({ at: { direction: "toServer", byte: 0 }, fault: "stall" }));
      proxy.strike("cut");
      await eventually(() => proxy.connections > connections, "a lane connects");
      return () => {};
    },
  },
  {
    what: "a lane waits to try again",
    async begin(stage) {
      await stage.sql(`
        CREATE FUNCTION ${stage.name}_fail() RETURNS trigger LANGUAGE plpgsql
          AS $$ BEGIN RAISE 'conflict' USING ERRCODE = '40001'; END $$;
        CREATE TRIGGER fail BEFORE INSERT ON ${stage.name} EXECUTE FUNCTION ${stage.name}_fail()`);
      await stage.untilMet("40001");
      return () => {};
    },
  },
  {
    what: "an operator is waited for",
    async begin(stage) {
      await stage.sql(`REVOKE INSERT ON ${stage.name} FROM writer`);
      await stage.untilMet("SCHEMA_MISMATCH");
      return () => {};
    },
  },
  {
    what: "the table is locked",
    async begin(stage) {
      const lock = await scene.lockTable(stage.name);
      await sleep(100);
      return () => lock[Symbol.asyncDispose]();
    },
  },
  {
    what: "commits are under way",
    async begin(stage) {
      const hold = await holdCommits(stage);
      return () => hold[Symbol.asyncDispose]();
    },
  },
  {
    what: "commits are in doubt, and nobody can be asked",
    async begin(stage) {
      const hold = await holdCommits(stage);
      scene.hide();
      scene.proxy.strike("cut");
      await sleep(100);
      return () => hold[Symbol.asyncDispose]();
    },
  },
  {
    what: "refused rows are looked for",
    async begin(stage) {
      await stage.sql(`ALTER TABLE ${stage.name} ADD CHECK (id % 2 = 0) NOT VALID`);
      await eventually(() => stage.stats.rowsRejected > 20, "rows are refused");
      return () => {};
    },
  },
];

describe("close({ timeoutMs }) ends in time and accounts for every row while", () => {
  for (const trouble of TROUBLES) {
    it(trouble.what, async (test) => {
      await using stage = await Stage.open(scene, chooseSeed(), PATIENT);
      const end = await trouble.begin(stage);
      const start = performance.now();
      await stage.close(TIMEOUT_MS);
      const took = performance.now() - start;
      await end();
      await scene.untilIdle();
      const report = await stage.audit();
      const { confirmed, refused, undelivered, inDoubt, declined } = report.fates;
      test.diagnostic(
        `${took.toFixed()} ms; ${confirmed} rows confirmed, ${refused} refused, ` +
          `${undelivered} undelivered, ${inDoubt} in doubt, ${declined} declined`,
      );
      assert.deepEqual(report.problems, []);
      assert.ok(took < LATE_MS, `took ${took} ms`);
    });
  }

  it("onReject is slow: what it has not taken is handed back", async () => {
    const taken: number[] = [];
    const { name, copier } = await db.openCopier({
      async onReject({ row }) {
        await sleep(10);
        taken.push((row as { id: number }).id);
      },
    });
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id % 2 = 0)`);
    const ids = Array.from({ length: 400 }, (_, id) => id);
    await copier.sendMany(ids.map((id) => ({ id, note: "" })));
    await eventually(() => taken.length > 5, "rows are refused");
    const error = await copier.close({ timeoutMs: 200 }).catch((reason: unknown) => reason);
    const takenInTime = [...taken];
    assert.ok(error instanceof UndeliveredError);
    const idsOf = (rows: readonly object[]): number[] =>
      rows.map((row) => (row as { id: number }).id);
    const found = await db.rows<{ id: number }>(`SELECT id FROM ${db.schema}.${name}`);
    const known = [...takenInTime, ...idsOf(error.rows), ...idsOf(found)];
    // A commit that was cut may be in the table.
    const inDoubt = error.inDoubt.flatMap(({ rows }) => idsOf(rows));
    const all = new Set([...known, ...inDoubt]);
    assert.deepEqual(
      [...all].toSorted((a, b) => a - b),
      ids,
    );
    assert.equal(new Set(known).size, known.length, "none of them twice");
  });
});
