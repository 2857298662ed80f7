import { setTimeout as sleep } from "node:timers/promises";

import type { CopierOptions, CopierStats } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import { AuditedCopier } from "./audited-copier.js";
import { AUDITED_COLUMNS, readAudited, type AuditedRow } from "./audited-table.js";
import type { BooksReport } from "./books-report.js";
import { Books } from "./books.js";
import { cutPlan } from "./cut-plan.js";
import { FaultProxy } from "./fault-proxy.js";
import { withIsolation } from "./isolation.js";
import { Load } from "./load.js";
import type { FaultRecord } from "./proxy-connection.js";

/** How much to cut, and what. */
export interface CutSweepOptions {
  readonly name: string;
  readonly cuts: number;
  readonly seed: number;
  /** A constraint of the table. */
  readonly constraint?: string;
  /** The sessions' default. */
  readonly isolation?: string;
  readonly options?: CopierOptions<AuditedRow>;
  /** Called now and then. */
  readonly onProgress?: (cuts: number, rows: number) => void;
}

/** What came of it. */
export interface CutSweepResult {
  readonly faults: readonly FaultRecord[];
  readonly connections: number;
  readonly report: BooksReport;
  readonly stats: CopierStats;
  readonly seconds: number;
}

const PROGRESS_MS = 5000;

/** Small batches over many short-lived connections, and rows that wait for each other. */
const OPTIONS: CopierOptions<AuditedRow> = {
  connections: 3,
  maxBatchRows: 200,
  maxBufferedBytes: 256 * 1024,
  flushIntervalMs: 5,
  retry: { minDelayMs: 1, maxDelayMs: 20 },
};

/** Cuts every connection of a copier under load, until there were so many cuts. */
export async function runCutSweep(
  db: TestDatabase,
  { name, cuts, seed, constraint, isolation, options = {}, onProgress = () => {} }: CutSweepOptions,
): Promise<CutSweepResult> {
  const start = performance.now();
  const table = await db.create(name, AUDITED_COLUMNS);
  if (constraint !== undefined) {
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD ${constraint}`);
  }
  await using proxy = await FaultProxy.start();
  const books = new Books();
  await using audited = await AuditedCopier.connect(table, books, {
    databaseUrl: withIsolation(proxy.url, isolation),
    ...OPTIONS,
    ...options,
  });
  proxy.plan((connection) => cutPlan(seed, connection));
  proxy.strike("cut");
  const load = new Load(audited, books, seed);
  const working = load.run({ inserters: 12, senders: 4 });
  const ticker = setInterval(() => onProgress(proxy.faults.length, books.size), PROGRESS_MS);
  while (proxy.faults.length < cuts) {
    await sleep(10);
  }
  clearInterval(ticker);
  proxy.plan(() => undefined);
  load.stop();
  await working;
  await audited.close();
  await proxy.close();
  await proxy.untilServerHasNoticed(db.pool);
  return {
    faults: proxy.faults,
    connections: proxy.connections,
    report: await books.compare(readAudited(db.pool, `${db.schema}.${name}`)),
    stats: audited.copier.stats,
    seconds: (performance.now() - start) / 1000,
  };
}
