import { setTimeout as sleep } from "node:timers/promises";

import { Copier, type CopierOptions, type CopierStats } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import { CounterLedger } from "./counter-ledger.js";
import { CounterLoad, rejecting } from "./counter-load.js";
import {
  counterTable,
  isRefused,
  type Counter,
  type CounterKind,
  type CounterRow,
} from "./counter-table.js";
import { cutPlan } from "./cut-plan.js";
import { FaultProxy } from "./fault-proxy.js";
import type { FaultRecord } from "./proxy-connection.js";
import { SeededRandom } from "./seeded-random.js";

/** How much to cut, and what. */
export interface CounterSweepOptions {
  readonly kind: CounterKind;
  readonly name: string;
  readonly connections: number;
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

/** Small batches of few keys, and rows that wait for each other. */
export const COUNTER_OPTIONS: CopierOptions<CounterRow> = {
  maxBatchRows: 25,
  maxBufferedBytes: 64 * 1024,
  flushIntervalMs: 5,
  retry: { minDelayMs: 1, maxDelayMs: 20 },
};

const STRIKE_MS = 20;
const PROGRESS_MS = 5000;

/** Cuts every connection of a copier that upserts under load, until there were so many cuts. */
export async function runCounterSweep(
  db: TestDatabase,
  { kind, name, connections, cuts, seed, onProgress = () => {} }: CounterSweepOptions,
): Promise<CounterSweepResult> {
  const qualified = `${db.schema}.${name}`;
  await db.pool.query(kind.ddl.replaceAll("{t}", qualified));
  await using proxy = await FaultProxy.start();
  const ledger = new CounterLedger();
  const copier = await Copier.connect(counterTable(name, db.schema), {
    databaseUrl: proxy.url,
    ...COUNTER_OPTIONS,
    connections,
    onConflict: kind.onConflict(name),
    onReject: rejecting(ledger),
  });
  const random = new SeededRandom(seed);
  proxy.plan((connection) => cutPlan(seed, connection));
  proxy.strike("cut");
  const load = new CounterLoad(copier, ledger, random);
  const working = load.run();
  let isOver = false;
  const cutting = cutInTurn(proxy, () => isOver);
  const ticker = setInterval(() => onProgress(proxy.faults.length, ledger.size), PROGRESS_MS);
  while (proxy.faults.length < cuts) {
    await sleep(10);
  }
  clearInterval(ticker);
  isOver = true;
  const cutWhileHeld = await cutting;
  proxy.plan(() => undefined);
  load.stop();
  await working;
  await load.close();
  await proxy.close();
  await proxy.untilServerHasNoticed(db.pool);
  const found = await db.rows<Counter>(`SELECT * FROM ${qualified}`);
  return {
    faults: proxy.faults,
    cutWhileHeld,
    rows: ledger.size,
    keys: found.length,
    refused: ledger.refused.size,
    stats: copier.stats,
    problems: [...ledger.compare(found, kind.isCounted), ...wrongRefusals(kind, ledger)],
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

/** Rows must be refused by their own values alone, and every such row. */
export function wrongRefusals({ refuses }: CounterKind, ledger: CounterLedger): string[] {
  const wrong: string[] = [];
  for (let number = 0n; number < ledger.size; number++) {
    const isExpected = refuses && isRefused(number);
    if (ledger.refused.has(number) !== isExpected) {
      wrong.push(`row ${number} was ${isExpected ? "not " : ""}refused`);
    }
  }
  return wrong;
}
