import { setTimeout as sleep } from "node:timers/promises";

import type { CopierStats } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import { cutPlan } from "../fault/cut-plan.js";
import { FaultProxy } from "../fault/fault-proxy.js";
import { withIsolation } from "../fault/isolation.js";
import type { FaultRecord } from "../fault/proxy-connection.js";
import { ddlOf, SourceRun, type SourceRunOptions } from "./source-run.js";
import { lockNowAndThen } from "./trouble.js";

/** What to cut, how often, and under which circumstances. */
export interface SourceSweepOptions extends Omit<
  SourceRunOptions,
  "schema" | "ledger" | "options" | "letters"
> {
  readonly cuts: number;
  readonly connections?: number;
  readonly hasLetters?: boolean;
  /** The sessions' default. */
  readonly isolation?: string;
}

/** What came of it. */
export interface SourceSweepResult {
  readonly faults: readonly FaultRecord[];
  readonly problems: readonly string[];
  readonly stats: CopierStats;
  /** How many positions were read. */
  readonly read: number;
  readonly rejections: number;
  /** How many times a lock of the ledger was held meanwhile. */
  readonly locks: number;
}

/** Cuts every connection of a copier or group that writes sources, until there were so many cuts. */
export async function runSourceSweep(
  db: TestDatabase,
  { cuts, connections = 2, hasLetters = false, isolation, ...reading }: SourceSweepOptions,
): Promise<SourceSweepResult> {
  const { schema, pool } = db;
  const name = reading.tables[0]!;
  const ledger = `${schema}.ledger_of_${name}`;
  await pool.query(ddlOf({ ...reading, schema }));
  await using proxy = await FaultProxy.start();
  await using run = await SourceRun.start({
    ...reading,
    schema,
    ledger,
    letters: hasLetters ? `${schema}.letters_of_${name}` : undefined,
    options: { databaseUrl: withIsolation(proxy.url, isolation), connections },
  });
  proxy.plan((connection) => cutPlan(reading.seed, connection));
  proxy.strike("cut");
  await using locking = lockNowAndThen(
    pool,
    `SELECT FROM ${ledger} ORDER BY random() LIMIT 1 FOR UPDATE`,
  );
  while (proxy.faults.length < cuts) {
    run.throwIfFailed();
    await sleep(10);
  }
  await locking[Symbol.asyncDispose]();
  proxy.plan(() => undefined);
  await run.end();
  await proxy.close();
  await proxy.untilServerHasNoticed(pool);
  return {
    faults: proxy.faults,
    problems: await run.problems((sql) => db.rows(sql)),
    stats: run.stats,
    read: run.read,
    rejections: run.counts.rejections,
    locks: locking.times,
  };
}
