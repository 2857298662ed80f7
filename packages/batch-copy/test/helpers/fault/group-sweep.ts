import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import { CopierGroup, type CopierGroupOptions, type CopierStats } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import { AuditedCopier } from "./audited-copier.js";
import { AUDITED_COLUMNS, readAudited } from "./audited-table.js";
import type { BooksReport } from "./books-report.js";
import { Books } from "./books.js";
import { cutPlan } from "./cut-plan.js";
import { FaultProxy } from "./fault-proxy.js";
import { Load } from "./load.js";
import type { FaultRecord } from "./proxy-connection.js";

/** How much to cut, and with which options besides those of all sweeps. */
export interface GroupSweepOptions {
  /** Of each table's name, so that there can be several sweeps. */
  readonly prefix: string;
  readonly cuts: number;
  readonly seed: number;
  readonly options?: CopierGroupOptions;
}

/** What came of it. */
export interface GroupSweepResult {
  readonly faults: readonly FaultRecord[];
  readonly stats: CopierStats;
  /** By the kind of table. */
  readonly reports: ReadonlyMap<string, BooksReport>;
}

/** A table of the group under load. */
interface Part {
  readonly kind: string;
  readonly name: string;
  readonly books: Books;
  readonly audited: AuditedCopier;
  readonly load: Load;
}

/** By the kind of table. */
const CONSTRAINTS: Readonly<Record<string, string>> = {
  plain: "CHECK (true)",
  keyed: "PRIMARY KEY (id)",
  picky: "CHECK (id % 20 <> 7)",
  locked: "CHECK (true)",
  other: "PRIMARY KEY (id)",
};

/** Small batches over many short-lived connections. */
const OPTIONS: CopierGroupOptions = {
  connections: 3,
  maxBatchRows: 200,
  maxBufferedBytes: 512 * 1024,
  flushIntervalMs: 5,
  retry: { minDelayMs: 1, maxDelayMs: 20 },
};

/** Cuts every connection of a group under load, while one table is locked and one refuses rows. */
export async function runGroupSweep(
  db: TestDatabase,
  { prefix, cuts, seed, options }: GroupSweepOptions,
): Promise<GroupSweepResult> {
  await using proxy = await FaultProxy.start();
  const group = await CopierGroup.connect({ databaseUrl: proxy.url, ...OPTIONS, ...options });
  const parts: Part[] = [];
  for (const [index, kind] of Object.keys(CONSTRAINTS).entries()) {
    parts.push(await openPart(db, group, { kind, name: prefix + kind, seed: seed + index }));
  }
  proxy.plan((connection) => cutPlan(seed, connection));
  proxy.strike("cut");
  let isOver = false;
  const locking = lockNowAndThen(`${db.schema}.${prefix}locked`, db.url, () => isOver);
  const working = parts.map(({ load }) => load.run({ inserters: 6, senders: 2 }));
  while (proxy.faults.length < cuts) {
    await sleep(10);
  }
  proxy.plan(() => undefined);
  isOver = true;
  parts.forEach(({ load }) => load.stop());
  await locking;
  await Promise.all(working);
  await Promise.all(parts.map(({ audited }) => audited.close()));
  const { stats } = group;
  await group.close();
  await proxy.close();
  await proxy.untilServerHasNoticed(db.pool);
  const reports = new Map<string, BooksReport>();
  for (const { kind, name, books } of parts) {
    reports.set(kind, await books.compare(readAudited(db.pool, `${db.schema}.${name}`)));
  }
  return { faults: proxy.faults, stats, reports };
}

async function openPart(
  db: TestDatabase,
  group: CopierGroup,
  { kind, name, seed }: { readonly kind: string; readonly name: string; readonly seed: number },
): Promise<Part> {
  const table = await db.create(name, AUDITED_COLUMNS);
  await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD ${CONSTRAINTS[kind]}`);
  const books = new Books();
  const audited = await AuditedCopier.open(group, table, books);
  return { kind, name, books, audited, load: new Load(audited, books, seed) };
}

/** Locks a table now and then, for longer than a group waits for a lock, until it is stopped. */
async function lockNowAndThen(name: string, url: string, isOver: () => boolean): Promise<void> {
  const pool = new Pool({ connectionString: url, max: 1 });
  const client = await pool.connect();
  while (!isOver()) {
    await client.query(`BEGIN; LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
    await sleep(1200);
    await client.query("ROLLBACK");
    await sleep(300);
  }
  client.release();
  await pool.end();
}
