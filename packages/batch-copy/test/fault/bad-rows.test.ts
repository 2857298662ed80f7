import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { Copier, int4, text, type RowRejectedError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";
import { computedRefusals } from "../helpers/refusals/computed-refusals.js";
import { constraintRefusals } from "../helpers/refusals/constraint-refusals.js";
import { deliverSeeded } from "../helpers/refusals/deliver-seeded.js";
import { fieldRefusals } from "../helpers/refusals/field-refusals.js";
import { scattered, seedRows } from "../helpers/refusals/seeded-rows.js";
import { triggerRefusals } from "../helpers/refusals/trigger-refusals.js";

const db = useDatabase();

describe("rows that the server refuses come back, and no others, where the reason is", () => {
  const refusals = [
    ...computedRefusals,
    ...constraintRefusals,
    ...fieldRefusals,
    ...triggerRefusals,
  ];
  let major = 0;
  before(async () => {
    const [version] = await db.rows<{ n: number }>(
      "SELECT current_setting('server_version_num')::int / 10000 AS n",
    );
    major = version!.n;
  });

  for (const [n, refusal] of refusals.entries()) {
    it(refusal.what, async (test) => {
      if (major < refusal.since) {
        test.skip(`since PostgreSQL ${refusal.since}`);
        return;
      }
      const random = new SeededRandom(n);
      const rows = seedRows(refusal, 500, scattered(1, random), random);
      await deliverSeeded(db, `refusal_${n}`, refusal, rows, { maxBatchRows: 200 });
    });
  }
});

describe("a refused row", () => {
  it("may be the only one of its batch, and the error says why", async () => {
    const { name, copier } = await db.openCopier();
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CONSTRAINT positive CHECK (id > 0)`);
    await assert.rejects(copier.insert({ id: -1, note: "" }), (error: RowRejectedError) => {
      const { sqlState, constraint, table, row } = error;
      assert.deepEqual(
        [sqlState, constraint, table, row],
        ["23514", "positive", name, { id: -1, note: "" }],
      );
      return true;
    });
    await copier.close();
  });

  it("is found in a table whose name looks like a line of it", async () => {
    const name = "x, line 9";
    const definition = await db.create(name, { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}."${name}" ADD CHECK (id <> 123)`);
    const refused: number[] = [];
    const copier = await Copier.connect(definition, {
      databaseUrl: db.url,
      onReject: ({ row }) => void refused.push(row.id),
    });
    await copier.sendMany(Array.from({ length: 500 }, (_, id) => ({ id, note: "" })));
    await copier.close();
    assert.deepEqual(refused, [123]);
    const found = await db.rows(`SELECT FROM ${db.schema}."${name}"`);
    assert.equal(found.length, 499);
  });

  it("rejects its insert() alone; those beside it resolve", async () => {
    const { name, copier } = await db.openCopier();
    await db.pool.query(`ALTER TABLE ${db.schema}.${name} ADD CHECK (id % 100 <> 7)`);
    const inserts = await Promise.allSettled(
      Array.from({ length: 1000 }, (_, id) => copier.insert({ id, note: "" })),
    );
    await copier.close();
    const refused = inserts.flatMap(({ status }, id) => (status === "rejected" ? [id] : []));
    assert.deepEqual(refused, [7, 107, 207, 307, 407, 507, 607, 707, 807, 907]);
    const found = await db.rows(`SELECT FROM ${db.schema}.${name}`);
    assert.equal(found.length, 990);
  });
});
