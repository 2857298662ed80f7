import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, readLedger, type CopierOptions } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";

const db = useDatabase();

describe("the session of a copier with a ledger", () => {
  async function openWith(
    options: CopierOptions<{ id: number }>,
  ): Promise<{ copier: Copier<{ id: number }>; table: string }> {
    const name = `${db.schema}.t${Math.random().toString(36).slice(2, 10)}`;
    await db.pool.query(`CREATE TABLE ${name} (id int)`);
    const table = `${name}_ledger`;
    const copier = await Copier.connect<{ id: number }>(name, { ledger: { table }, ...options });
    await copier.insert({ id: 1 });
    return { copier, table };
  }

  async function states(table: string): Promise<(boolean | undefined)[]> {
    return (await readLedger(db.pool, { table })).map(({ isConnected }) => isConnected);
  }

  it("is seen to be connected, and to be gone", async () => {
    const { copier, table } = await openWith({ databaseUrl: db.url });
    await db.pool.query(`CREATE TABLE ${table}_kept AS SELECT * FROM ${table}`);
    assert.deepEqual(await states(table), [true]);
    assert.deepEqual(await states(`${table}_kept`), [true]);
    await copier.close();
    assert.deepEqual(await states(table), []);
    await eventually(async () => (await states(`${table}_kept`))[0] === false, "it is gone");
  });

  it("cannot be seen over a pool of the user's", async () => {
    const { copier, table } = await openWith({ pool: db.pool });
    assert.deepEqual(await states(table), [undefined]);
    await copier.close();
  });
});
