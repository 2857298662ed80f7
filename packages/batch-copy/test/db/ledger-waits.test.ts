import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "pg";

import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { sourceScenes } from "../helpers/source-scene.js";

const db = useDatabase();
const openScene = sourceScenes(db);
const table = `${db.schema}.ledger`;

/** Locks the ledger until it is disposed. */
async function lockLedger(): Promise<AsyncDisposable> {
  const client = new Client({ connectionString: db.url });
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table}`);
  return { [Symbol.asyncDispose]: () => client.end() };
}

async function backendsThatWait(): Promise<number> {
  const [row] = await db.rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`,
  );
  return row!.n;
}

describe("while the ledger is locked", () => {
  it("close() gives up in time", async () => {
    const connectTimeoutMs = 20_000;
    const { copier } = await db.openCopier({ ledger: { table }, connectTimeoutMs });
    await using locked = await lockLedger();
    void locked;
    await copier.send({ id: 1, note: "" });
    await eventually(async () => (await backendsThatWait()) > 0, "a lane is claimed");
    const startedAt = performance.now();
    await assert.rejects(copier.close({ timeoutMs: 50 }), { code: "UNDELIVERED" });
    assert.ok(performance.now() - startedAt < 5000);
  });

  it("attempts do not leave ever more backends that wait for it", async () => {
    const { copier } = await db.openCopier({
      ledger: { table },
      connectTimeoutMs: 200,
      retry: { minDelayMs: 1, maxDelayMs: 10 },
    });
    {
      await using locked = await lockLedger();
      void locked;
      await copier.send({ id: 1, note: "" });
      await sleep(3000);
      assert.ok((await backendsThatWait()) <= 8);
    }
    await copier.close();
    assert.equal(copier.stats.rowsCommitted, 1);
  });
});

describe("a source whose connection is read-only", () => {
  it("gets another one", async () => {
    await using scene = await openScene("id int", {
      connections: 1,
      retry: { minDelayMs: 1, maxDelayMs: 20 },
    });
    const { copier, source, ledger, name } = scene;
    await source.send({ id: 1 }, 1);
    await source.flush();
    // As of a server that was the primary: its sessions stay, and refuse to write.
    const makeReadOnly = `CREATE FUNCTION ${ledger}_off() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN SET SESSION default_transaction_read_only = on; RETURN NEW; END $$;
      CREATE TRIGGER off BEFORE INSERT ON ${name} FOR EACH ROW
        WHEN (NEW.id = 2) EXECUTE FUNCTION ${ledger}_off()`;
    await db.pool.query(makeReadOnly);
    await source.send({ id: 2 }, 2);
    await source.flush();
    await source.send({ id: 3 }, 3);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 2, 3]);
    assert.equal(copier.stats.rowsRejected, 0);
  });
});
