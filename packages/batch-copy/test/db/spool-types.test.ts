import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";

import { CopierGroup, type Table } from "../../dist/index.js";
import { copyText } from "../helpers/copy-text.js";
import { lockTable } from "../helpers/group-tables.js";
import { allSamples } from "../helpers/samples/index.js";
import type { TypeSamples } from "../helpers/type-sample.js";
import { useTypedTables } from "../helpers/typed-tables.js";

const { db, pool, tableOf, obstacle } = useTypedTables();

const directories: string[] = [];
after(() => Promise.all(directories.map((path) => rm(path, { recursive: true }))));

interface Sampled {
  readonly table: Table;
  readonly samples: TypeSamples;
}

async function connect(directory: string): Promise<CopierGroup> {
  return CopierGroup.connect({
    pool,
    spool: { directory },
    ledger: { table: `${db.schema}.ledger` },
    deadLetters: `${db.schema}.letters`,
  });
}

/** A table of each type that the server has. */
async function sampled(): Promise<Sampled[]> {
  const all: Sampled[] = [];
  for (const samples of allSamples) {
    if ((await obstacle(samples)) === undefined) {
      all.push({ table: (await tableOf(samples.type)).definition, samples });
    }
  }
  assert.ok(all.length > 60);
  return all;
}

/** Leaves rows with all edge values on disk only. */
async function leave(directory: string, all: readonly Sampled[]): Promise<void> {
  const unlock = await lockTable(pool, all.map(({ table }) => table.name).join(", "));
  const group = await connect(directory);
  for (const { table, samples } of all) {
    const rows = samples.accepted.map(([value], id) => ({ id, value }));
    const copier = await group.copier(table);
    assert.equal(await copier.sendMany(rows as never), rows.length);
  }
  await group.close({ timeoutMs: 0 });
  await unlock();
}

/** What the server has for a type that is not as it reads the literals itself. */
async function differences({ table, samples }: Sampled): Promise<unknown[]> {
  const client = await pool.connect();
  try {
    await client.query(`CREATE TEMP TABLE literal (LIKE ${table.name})`);
    const literals = samples.accepted.map(([, literal]) => literal);
    await copyText(client, "literal", literals);
    const { rows } = await client.query(
      `SELECT left(w.value::text, 100) AS found, left(l.value::text, 100) AS expected
       FROM literal l FULL JOIN ${table.name} w USING (id)
       WHERE w.value::text IS DISTINCT FROM l.value::text ORDER BY id LIMIT 5`,
    );
    const counted = await client.query(`SELECT count(*)::int AS n FROM ${table.name}`);
    assert.equal(counted.rows[0].n, literals.length, table.name);
    return rows;
  } finally {
    await client.query("DROP TABLE IF EXISTS literal");
    client.release();
  }
}

async function deliver(directory: string, all: readonly Sampled[]): Promise<void> {
  const group = await connect(directory);
  await group.close();
  const found: Record<string, unknown[]> = {};
  for (const one of all) {
    const different = await differences(one);
    if (different.length > 0) {
      found[one.samples.type.name] = different;
    }
  }
  assert.deepEqual(found, {});
  assert.deepEqual(await db.rows(`SELECT * FROM ${db.schema}.letters`), []);
}

describe("rows of every type", () => {
  it("come through the disk as they were sent", async () => {
    const directory = await mkdtemp(join(tmpdir(), "batch-copy-spooled-"));
    directories.push(directory);
    const all = await sampled();
    await leave(directory, all);
    await deliver(directory, all);
  });

  it("are read and written anew if the table has changed", async () => {
    const directory = await mkdtemp(join(tmpdir(), "batch-copy-spooled-"));
    directories.push(directory);
    const all = await sampled();
    await leave(directory, all);
    for (const { table } of all) {
      await pool.query(`ALTER TABLE ${table.name} ALTER value DROP NOT NULL`);
    }
    await deliver(directory, all);
  });
});
