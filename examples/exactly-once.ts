/**
 * Exactly once: a reader is killed again and again, goes on where it stood, and each row is there once.
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { Copier, int8, readLedger, table, text } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";

const ORDERS = 300_000;
/** Orders after which a reader kills itself: while some are committed, some on their way, some buffered. */
const ORDERS_PER_LIFE = 70_000;
const SOURCE = "orders";

const databaseUrl = process.env["DATABASE_URL"];
// Without a primary key: nothing but the ledger keeps rows from being written twice.
const orders = table("exactly_once_orders", { id: int8, item: text }, { schema: SCHEMA });
const ledger = { table: `${SCHEMA}.batch_copy_ledger` };

const [role] = process.argv.slice(2);
await (role === "reader" ? read() : main());

/** Reads orders from where the last reader stood. */
async function read(): Promise<void> {
  await using copier = await Copier.connect(orders, { databaseUrl, ledger, maxBatchRows: 5000 });
  await using source = await copier.source(SOURCE, { start: 0n });
  console.log(`a reader begins at position ${source.position}`);
  const diesAt = source.position + BigInt(ORDERS_PER_LIFE);
  for (let position = source.position; position < ORDERS; position++) {
    if (position === diesAt) process.kill(process.pid, "SIGKILL");
    await source.send({ id: position, item: `item ${position % 100n}` }, position);
  }
  await source.flush();
}

async function main(): Promise<void> {
  const client = await connectToFresh(orders);
  await client.query(`DROP TABLE IF EXISTS ${ledger.table}`);
  let deaths = 0;
  while ((await runReader()) === "SIGKILL") deaths++;

  const { rows } = await client.query<{ count: number; different: number }>(
    `SELECT count(*)::int, count(DISTINCT id)::int AS different FROM ${SCHEMA}.${orders.name}`,
  );
  const entries = await readLedger(client, ledger);
  await client.end();
  console.log(`${deaths} readers were killed`);
  assert.deepEqual(rows, [{ count: ORDERS, different: ORDERS }]);
  assert.deepEqual(
    entries.map(({ source, position }) => [source, position]),
    [[SOURCE, BigInt(ORDERS)]],
  );
  assert.ok(deaths > 2);
  console.log("Checked: each order is in the table once.");
}

/** Runs a reader in a process of its own; resolves to what ended it. */
async function runReader(): Promise<unknown> {
  const reader = fork(fileURLToPath(import.meta.url), ["reader"]);
  const [code, signal] = (await once(reader, "exit")) as [number | null, string | null];
  assert.ok(code === 0 || signal === "SIGKILL", `the reader ended with code ${code}`);
  return signal;
}
