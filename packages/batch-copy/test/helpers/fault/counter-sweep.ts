import { setTimeout as sleep } from "node:timers/promises";

import type { CopierOptions, CopierStats } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import { CounterRun } from "./counter-run.js";
import type { Counter, CounterKind } from "./counter-table.js";
import { cutPlan } from "./cut-plan.js";
import { FaultProxy } from "./fault-proxy.js";
import type { FaultRecord } from "./proxy-connection.js";

/** How much to cut, and what. */
export interface CounterSweepOptions {
  readonly kind: CounterKind;
  readonly name: string;
  readonly connections: number;
  /** What else the copier gets. */
  readonly options?: Pick<CopierOptions, "ledger">;
  readonly cuts: number;
  readonly seed: number;
  /** Called now and then. */
  readonly onProgress?: (cuts: number, rows: number) => void;
}

/** What came of it. */
export interface CounterSweepResult {
  readonly faults: readonly FaultRecord[];
  /** How many connections were cut while their transaction waited for its turn. */
  readonly cutWhileHeld: number;
  readonly rows: number;
  readonly keys: number;
  readonly refused: number;
  readonly stats: CopierStats;
  readonly problems: readonly string[];
}

const STRIKE_MS = 20;
const PROGRESS_MS = 5000;

/** Cuts every connection of a copier that upserts under load, until there were so many cuts. */
export async function runCounterSweep(
  db: TestDatabase,
  { kind, name, connections, options, cuts, seed, onProgress = () => {} }: CounterSweepOptions,
): Promise<CounterSweepResult> {
  const qualified = `${db.schema}.${name}`;
  await db.pool.query(kind.ddl.replaceAll("{t}", qualified));
  await using proxy = await FaultProxy.start();
  const run = await CounterRun.start({
    kind,
    name,
    schema: db.schema,
    seed,
    options: { databaseUrl: proxy.url, connections, ...options },
  });
  proxy.plan((connection) => cutPlan(seed, connection));
  proxy.strike("cut");
  let isOver = false;
  const cutting = cutInTurn(proxy, () => isOver);
  const ticker = setInterval(() => onProgress(proxy.faults.length, run.books.size), PROGRESS_MS);
  while (proxy.faults.length < cuts) {
    await sleep(10);
  }
  clearInterval(ticker);
  isOver = true;
  const cutWhileHeld = await cutting;
  proxy.plan(() => undefined);
  await run.end();
  await proxy.close();
  await proxy.untilServerHasNoticed(db.pool);
  const found = await db.rows<Counter>(`SELECT * FROM ${qualified}`);
  return {
    faults: proxy.faults,
    cutWhileHeld,
    rows: run.books.size,
    keys: found.length,
    refused: run.books.refused.size,
    stats: run.stats,
    problems: run.problems(found),
  };
}

/**
 * Cuts, now and then, connections that commit, or those that are copying meanwhile: most of these wait
 * for their turn.
 *
 * @returns how many times it was the latter
 */
async function cutInTurn(proxy: FaultProxy, isOver: () => boolean): Promise<number> {
  let held = 0;
  for (let n = 0; !isOver(); n++) {
    await sleep(STRIKE_MS);
    while (
      !isOver() &&
      !(proxy.phases.includes("committing") && proxy.phases.includes("copying"))
    ) {
      await sleep(1);
    }
    held += n % 2;
    proxy.strike("cut", ({ phase }) => phase === (n % 2 === 0 ? "committing" : "copying"));
  }
  return held;
}
