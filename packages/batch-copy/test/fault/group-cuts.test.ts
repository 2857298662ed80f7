import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Pool } from "pg";

import { CopierGroup } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { AuditedCopier } from "../helpers/fault/audited-copier.js";
import { AUDITED_COLUMNS, readAudited } from "../helpers/fault/audited-table.js";
import { Books } from "../helpers/fault/books.js";
import { cutPlan } from "../helpers/fault/cut-plan.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { Load } from "../helpers/fault/load.js";

const db = useDatabase();
const lockers = new Pool({ connectionString: databaseUrl, max: 1 });
after(() => lockers.end());

/** A table of the group under load. */
interface Part {
  readonly name: string;
  readonly books: Books;
  readonly audited: AuditedCopier;
  readonly load: Load;
}

const CONSTRAINTS: Readonly<Record<string, string>> = {
  plain: "CHECK (true)",
  keyed: "PRIMARY KEY (id)",
  picky: "CHECK (id % 20 <> 7)",
  locked: "CHECK (true)",
  other: "PRIMARY KEY (id)",
};

async function openPart(group: CopierGroup, name: string, seed: number): Promise<Part> {
  const table = await db.create(name, AUDITED_COLUMNS);
  await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD ${CONSTRAINTS[name]}`);
  const books = new Books();
  const audited = await AuditedCopier.open(group, table, books);
  return { name, books, audited, load: new Load(audited, books, seed) };
}

/** Locks a table now and then, for longer than a group waits for a lock, until it is stopped. */
async function lockNowAndThen(name: string, isOver: () => boolean): Promise<void> {
  const client = await lockers.connect();
  while (!isOver()) {
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.${name} IN ACCESS EXCLUSIVE MODE`);
    await sleep(1200);
    await client.query("ROLLBACK");
    await sleep(300);
  }
  client.release();
}

describe("a group whose connections are cut, while one table is locked and one refuses rows", () => {
  it("loses no row of any table and doubles none", async (test) => {
    const seed = chooseSeed();
    const cuts = extent("FAULT_GROUP_CUTS", { daily: 150, long: 5000 });
    await using proxy = await FaultProxy.start();
    const group = await CopierGroup.connect({
      databaseUrl: proxy.url,
      connections: 3,
      maxBatchRows: 200,
      maxBufferedBytes: 512 * 1024,
      flushIntervalMs: 5,
      retry: { minDelayMs: 1, maxDelayMs: 20 },
    });
    const parts: Part[] = [];
    for (const [index, name] of Object.keys(CONSTRAINTS).entries()) {
      parts.push(await openPart(group, name, seed + index));
    }
    proxy.plan((connection) => cutPlan(seed, connection));
    proxy.strike("cut");
    let isOver = false;
    const locking = lockNowAndThen("locked", () => isOver);
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
    const { retries } = group.stats;
    await group.close();
    await proxy.close();
    await proxy.untilServerHasNoticed(db.pool);
    for (const { name, books } of parts) {
      const report = await books.compare(readAudited(db.pool, `${db.schema}.${name}`));
      const { undelivered, inDoubt, refused } = report.fates;
      const summary = `${name}: ${report.present} rows, ${refused} refused`;
      test.diagnostic(summary);
      tell(summary);
      assert.deepEqual(report.problems, [], name);
      assert.deepEqual([undelivered, inDoubt], [0, 0], name);
      assert.equal(refused > 0, name === "picky", name);
    }
    test.diagnostic(`${proxy.faults.length} cuts, ${retries} retries, FAULT_SEED=${seed}`);
    tell(`${proxy.faults.length} cuts, ${retries} retries, FAULT_SEED=${seed}`);
  });
});
