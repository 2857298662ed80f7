import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Client, Pool } from "pg";

import { Copier, int4, text, type CopierOptions } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Options at the ends of their ranges, with which rows must still be written. */
const EXTREMES: readonly CopierOptions[] = [
  { connections: 1 },
  { connections: 1000 },
  { maxBatchRows: 1 },
  { maxBatchRows: Number.MAX_SAFE_INTEGER },
  { maxBatchBytes: 1 },
  { maxBatchBytes: Number.MAX_SAFE_INTEGER, maxBufferedBytes: Number.MAX_SAFE_INTEGER },
  { maxBatchBytes: Number.MAX_SAFE_INTEGER, maxBufferedBytes: 1 },
  { flushIntervalMs: 0 },
  { flushIntervalMs: MAX_TIMER_MS },
  { connectTimeoutMs: MAX_TIMER_MS },
  { poolTimeoutMs: 1 },
  { poolTimeoutMs: MAX_TIMER_MS },
  { connectionLifetimeMs: 1 },
  { connectionLifetimeMs: MAX_TIMER_MS },
  { copyTimeoutMs: MAX_TIMER_MS },
  { retry: { minDelayMs: 1, maxDelayMs: 1, timeoutMs: 0 } },
  { retry: { minDelayMs: MAX_TIMER_MS, maxDelayMs: MAX_TIMER_MS, timeoutMs: MAX_TIMER_MS } },
];

describe("a copier whose option is at the end of its range", () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  before(() => process.on("warning", note));
  after(() => process.off("warning", note));

  for (const options of EXTREMES) {
    it(`writes its rows: ${JSON.stringify(options)}`, async () => {
      warnings.length = 0;
      const { name, copier } = await db.openCopier(options);
      await copier.send(numberedRow(0));
      await copier.sendMany([1, 2, 3].map(numberedRow));
      await copier.insert(numberedRow(4));
      await copier.flush();
      await assertNumberedRows(db, name, 5);
      await copier.close({ timeoutMs: MAX_TIMER_MS });
      // Node warns of a delay that its timers cannot hold, and takes 1 ms for it.
      assert.deepEqual(warnings, []);
    });
  }
});

describe("a pool that is none", () => {
  it("may be a client that is connected or on loan: it is refused, and can be used as before", async () => {
    const alone = new Client({ connectionString: databaseUrl });
    await alone.connect();
    const pool = new Pool({ connectionString: databaseUrl, max: 1 });
    const onLoan = await pool.connect();
    for (const client of [alone, onLoan]) {
      await assert.rejects(Copier.connect("t", { pool: client }), {
        code: "INVALID_OPTION",
        message: /^pool must be a pg.Pool, got a /,
      });
      assert.equal((await client.query("SELECT 1")).rowCount, 1);
    }
    await alone.end();
    onLoan.release();
    await pool.end();
  });

  it("may be a wrapper of one that hands clients on: it is as good", async () => {
    const pool = new Pool({ connectionString: databaseUrl });
    const definition = await db.create("by_wrapper", { id: int4, note: text });
    const wrapper = {
      connect: async (...args: Parameters<Pool["connect"]>) => pool.connect(...args),
    };
    const copier = await Copier.connect(definition, { pool: wrapper });
    await copier.insert(numberedRow(0));
    await copier.close();
    await assertNumberedRows(db, "by_wrapper", 1);
    await pool.end();
  });
});

describe("the options of a call", () => {
  it("are checked by their names; a bare signal is told apart", async () => {
    const { copier } = await db.openCopier();
    const { signal } = new AbortController();
    const row = numberedRow(0);
    const calls: readonly (readonly [call: (options: never) => Promise<unknown>, names: string])[] =
      [
        [(options) => copier.send(row, options), "send() takes { signal }"],
        [(options) => copier.sendMany([row], options), "sendMany() takes { signal }"],
        [(options) => copier.insert(row, options), "insert() takes { signal, timeoutMs }"],
        [(options) => copier.close(options), "close() takes { timeoutMs }"],
        [async (options) => copier.writable(options), "writable() takes { onInvalid }"],
      ];
    for (const [call, names] of calls) {
      for (const [options, reason] of [
        [signal, `${names}, got a signal: pass it as { signal }`],
        [5, `${names}, got 5`],
        [null, `${names}, got null`],
        [{ timeout: 5 }, `Unknown option "timeout": ${names}`],
      ] as const) {
        const code = "INVALID_OPTION";
        await assert.rejects(call(options as never), { code, message: reason });
      }
    }
    assert.equal(copier.stats.rowsAccepted, 0);
    await copier.close({});
  });
});
