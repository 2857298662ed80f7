/**
 * Durable on disk: a process that sends rows is killed again and again, first while there is no database.
 */
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { on, once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { Copier, int8, table, text } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";

const LIVES = 5;
/** Rows after which a sender is killed: while some are committed, some on disk, some in memory. */
const ROWS_PER_LIFE = 10_000;
const ROWS_AT_ONCE = 500;

const databaseUrl = process.env["DATABASE_URL"];
/** Nobody listens there. */
const AWAY = "postgres://nobody@127.0.0.1:1/nothing";
// Without a primary key: nothing but the spool and its ledger keep rows from being written twice.
const events = table("durable_events", { id: int8, kind: text }, { schema: SCHEMA });
const ledger = { table: `${SCHEMA}.batch_copy_ledger` };
const deadLetters = `${SCHEMA}.durable_letters`;

const [role, directory = "", url = "", first = ""] = process.argv.slice(2);
await (role === "sender" ? send() : main());

/** Sends rows for ever, and tells which ones are on disk. */
async function send(): Promise<void> {
  const copier = await Copier.connect(events, {
    databaseUrl: url,
    ledger,
    deadLetters,
    spool: { directory },
  });
  for (let id = Number(first); ; id += ROWS_AT_ONCE) {
    const rows = Array.from({ length: ROWS_AT_ONCE }, (_, i) => ({ id: id + i, kind: "sent" }));
    await copier.sendMany(rows);
    process.send!(id + ROWS_AT_ONCE);
  }
}

async function main(): Promise<void> {
  const client = await connectToFresh(events);
  await client.query(`DROP TABLE IF EXISTS ${ledger.table}, ${deadLetters}`);
  const spool = await mkdtemp(join(tmpdir(), "batch-copy-spool-"));
  const told: number[] = [];
  for (let life = 0; life < LIVES; life++) {
    const isAway = life < 2;
    const begin = life * 1_000_000;
    const end = await sendAndDie(spool, isAway ? AWAY : databaseUrl!, begin);
    console.log(`killed after ${end - begin} rows${isAway ? ", without a database" : ""}`);
    for (let id = begin; id < end; id++) told.push(id);
  }

  // The last life writes what is left.
  const last = { databaseUrl, ledger, deadLetters, spool: { directory: spool } };
  await (await Copier.connect(events, last)).close();
  const streams = (await readdir(spool)).filter((name) => !name.startsWith("."));
  await rm(spool, { recursive: true });

  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM ${SCHEMA}.${events.name} ORDER BY id`,
  );
  await client.end();
  const ids = rows.map(({ id }) => Number(id));
  const written = new Set(ids);
  assert.equal(written.size, ids.length, "a row was written twice");
  assert.deepEqual(
    told.filter((id) => !written.has(id)),
    [],
  );
  assert.deepEqual(streams, []);
  console.log(`Checked: all ${told.length} rows that were on disk are in the table once.`);
}

/** Runs a sender in a process of its own until it is killed; resolves to the number after its last row. */
async function sendAndDie(spool: string, to: string, begin: number): Promise<number> {
  const sender = fork(fileURLToPath(import.meta.url), ["sender", spool, to, String(begin)]);
  const exit = once(sender, "exit");
  const aborting = new AbortController();
  let end = begin;
  void exit.then(() => aborting.abort());
  try {
    for await (const [told] of on(sender, "message", { signal: aborting.signal })) {
      end = told as number;
      if (end - begin >= ROWS_PER_LIFE) sender.kill("SIGKILL");
    }
  } catch (error) {
    assert.ok(aborting.signal.aborted, error as Error);
  }
  const [, signal] = (await exit) as [number | null, string | null];
  assert.equal(signal, "SIGKILL");
  return end;
}
