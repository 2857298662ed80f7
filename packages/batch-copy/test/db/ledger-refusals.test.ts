import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
const table = `${db.schema}.ledger`;

describe("an error of the ledger's own", () => {
  it("is not one of the rows: they are kept until it is gone", async () => {
    const { copier, name } = await db.openCopier({
      ledger: { table },
      retry: { minDelayMs: 1, maxDelayMs: 20 },
    });
    await copier.insert({ id: 1, note: "" });
    for (const [trouble, end] of [
      [
        `ALTER TABLE ${table} ADD CONSTRAINT never CHECK (position < 1) NOT VALID`,
        `ALTER TABLE ${table} DROP CONSTRAINT never`,
      ],
      [
        `ALTER TABLE ${table} RENAME TO elsewhere`,
        `ALTER TABLE ${db.schema}.elsewhere RENAME TO ledger`,
      ],
    ] as const) {
      await db.pool.query(trouble);
      const { retries } = copier.stats;
      const inserted = copier.insert({ id: 2, note: "" });
      while (copier.stats.retries < retries + 2) {
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await db.pool.query(end);
      await inserted;
    }
    const { rowsCommitted, rowsRejected } = copier.stats;
    assert.deepEqual([rowsCommitted, rowsRejected], [3, 0]);
    assert.deepEqual(await db.rows(`SELECT count(*)::int AS n FROM ${db.schema}.${name}`), [
      { n: 3 },
    ]);
    await copier.close();
  });
});
