import assert from "node:assert/strict";
import { afterEach, describe, it, mock } from "node:test";

import type { Copier } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

/** The globals that Jest, Vitest and Sinon replace; their fakes do nothing until they are told to. */
const FAKED = [
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
  "setImmediate",
  "clearImmediate",
  "queueMicrotask",
] as const;

const originals = Object.fromEntries(FAKED.map((name) => [name, globalThis[name]]));
const performanceNow = performance.now.bind(performance);
const { hrtime } = process;

function fakeGlobals(): void {
  const timer = { unref() {}, ref() {}, refresh() {} };
  Object.assign(globalThis, Object.fromEntries(FAKED.map((name) => [name, () => timer])));
  performance.now = () => 0;
  process.hrtime = Object.assign(() => [0, 0] as [number, number], { bigint: () => 0n });
}

afterEach(() => {
  mock.timers.reset();
  Object.assign(globalThis, originals);
  performance.now = performanceNow;
  process.hrtime = hrtime;
});

const FAKES: readonly (readonly [string, () => void])[] = [
  [
    "node:test",
    () => mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate", "Date"] }),
  ],
  ["other test runners", fakeGlobals],
];

/** All that waits for time or for a turn of the event loop. */
async function useEverything(copier: Copier<{ id: number; note: string }>): Promise<void> {
  await copier.insert(numberedRow(0), { timeoutMs: 60_000 });
  // Many turns, then the age of the batch.
  for (let id = 1; id < 20_000; id++) {
    await copier.send(numberedRow(id));
  }
  await copier.flush();
  await copier.send(numberedRow(20_000));
  while (copier.stats.rowsBuffered > 0) {
    await db.pool.query("SELECT 1");
  }
  // Refused rows, read turn by turn.
  const refused = Array.from({ length: 5000 }, () => ({ id: -1, note: "" }));
  await copier.sendMany(refused);
  await assert.rejects(copier.flush(), { code: "ROWS_REJECTED", count: 5000 });
  // A loop over invalid rows.
  for (let i = 0; i < 2000; i++) {
    await assert.rejects(copier.send({ id: 0.5, note: "" }), { code: "ENCODE_FAILED" });
  }
}

describe("timers that a test runner fakes", () => {
  for (const [runner, fake] of FAKES) {
    it(`do not stop a copier: ${runner}`, async () => {
      const { name, copier } = await db.openCopier({
        maxBatchRows: 5000,
        retry: { minDelayMs: 1 },
      });
      await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id >= 0)`);
      fake();
      await useEverything(copier);
      const locked = await lock(name);
      await assert.rejects(copier.insert(numberedRow(0), { timeoutMs: 20 }), { code: "TIMEOUT" });
      // A deadlock, a cancellation and the like are tried again after a pause.
      await db.pool.query(
        `SELECT pg_cancel_backend(pid) FROM pg_locks
         WHERE NOT granted AND relation = '${db.schema}.${name}'::regclass`,
      );
      await locked.release();
      await copier.flush();
      await copier.close({ timeoutMs: 60_000 });
      assert.ok(copier.stats.retries > 0);
      await db.pool.query(
        `DELETE FROM ${db.schema}.${name} WHERE id = 0 AND ctid <> (SELECT min(ctid) FROM ${db.schema}.${name} WHERE id = 0)`,
      );
      await assertNumberedRows(db, name, 20_001);
    });
  }
});

async function lock(name: string) {
  const client = await db.pool.connect();
  await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name}`);
  return {
    release: async () => {
      await client.query("COMMIT");
      client.release();
    },
  };
}
