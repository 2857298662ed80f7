import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Copier, int4, resendDeadLetters, table, text } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { cutPlan } from "../helpers/fault/cut-plan.js";
import { chooseSeed, extent, tell } from "../helpers/fault/extent.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";

const db = useDatabase();
const SENDERS = 8;

/** A row of the table is one that its CHECK accepts. */
function isAccepted(id: number): boolean {
  return id % 8 !== 1;
}

async function idsIn(name: string, id: string): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(`SELECT (${id})::int AS id FROM ${name} ORDER BY 1`);
  return rows.map((row) => row.id);
}

function upTo(count: number, isWanted: (id: number) => boolean): number[] {
  return Array.from({ length: count }, (_, id) => id).filter(isWanted);
}

describe("connections that are cut while rows become dead letters", () => {
  it("leave each row once, in its table or among the letters, and later once in its table", async (test) => {
    const seed = chooseSeed();
    const cuts = extent("FAULT_LETTER_CUTS", { daily: 150, long: 5000 });
    const definition = table("lettered", { id: int4, note: text }, { schema: db.schema });
    const [name, letters] = [`${db.schema}.lettered`, `${db.schema}.letters`];
    await db.pool.query(definition.ddl);
    await db.pool.query(`ALTER TABLE ${name} ADD CONSTRAINT picky CHECK (id % 8 <> 1)`);
    await using proxy = await FaultProxy.start();
    const copier = await Copier.connect(definition, {
      databaseUrl: proxy.url,
      deadLetters: letters,
      connections: 3,
      maxBatchRows: 100,
      flushIntervalMs: 5,
      retry: { minDelayMs: 1, maxDelayMs: 20 },
    });
    proxy.plan((connection) => cutPlan(seed, connection));
    proxy.strike("cut");
    let count = 0;
    const send = async (): Promise<void> => {
      while (proxy.faults.length < cuts) {
        const id = count++;
        await copier.send({ id, note: `row ${id}` });
        await sleep(2);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, send));
    proxy.plan(() => undefined);
    await copier.flush();
    const { retries, inDoubtCommitted, inDoubtAborted } = copier.stats;
    assert.deepEqual(await idsIn(name, "id"), upTo(count, isAccepted));
    assert.deepEqual(
      await idsIn(letters, `"row"->>'id'`),
      upTo(count, (id) => !isAccepted(id)),
    );

    await db.pool.query(`ALTER TABLE ${name} DROP CONSTRAINT picky`);
    const before = proxy.faults.length;
    proxy.plan((connection) => cutPlan(seed + 1, connection));
    proxy.strike("cut");
    const { sent, refused } = await resendDeadLetters(copier);
    const cutsOfResending = proxy.faults.length - before;
    proxy.plan(() => undefined);
    assert.deepEqual(refused, []);
    assert.equal(sent, upTo(count, (id) => !isAccepted(id)).length);
    assert.deepEqual(
      await idsIn(name, "id"),
      upTo(count, () => true),
    );
    assert.deepEqual(await idsIn(letters, "id"), []);
    await copier.close();
    const summary =
      `${count} rows, ${sent} letters, ${before} and ${cutsOfResending} cuts, ${retries} retries, ` +
      `${inDoubtCommitted} + ${inDoubtAborted} in doubt, FAULT_SEED=${seed}`;
    test.diagnostic(summary);
    tell(summary);
  });
});
