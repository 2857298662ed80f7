import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, type RowRejectedError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { extent } from "../helpers/fault/extent.js";
import { SeededRandom } from "../helpers/fault/seeded-random.js";
import { FLAWED_COLUMNS, FLAWED_RULES, FlawedRows } from "../helpers/refusals/flawed-rows.js";

const db = useDatabase();
const count = extent("FAULT_BAD_ROWS_AMONG", { daily: 5000, long: 1_000_000 });

describe("rows of which 1 % are bad, for reasons of all kinds,", () => {
  it(`are written but for those, each of which comes back for its reason (${count} rows)`, async (test) => {
    const definition = await db.create("flawed", FLAWED_COLUMNS);
    const table = `${db.schema}.flawed`;
    const rows = new FlawedRows(1, new SeededRandom(1));
    const refused = new Map<number, string>();
    const copier = await Copier.connect(definition, {
      databaseUrl: db.url,
      connections: 1,
      maxBatchRows: 8000,
      onReject({ row, error }) {
        assert.equal(refused.has(row.id), false, `row ${row.id} comes back twice`);
        refused.set(row.id, (error as RowRejectedError).sqlState);
      },
    });
    await db.pool.query(FLAWED_RULES.replaceAll("{t}", table).replaceAll("{s}", db.schema));
    const start = performance.now();
    await copier.sendMany(rows.make(count));
    await copier.close();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    test.diagnostic(`${count} rows, ${refused.size} refused, ${seconds} s`);
    assert.deepEqual(
      [...refused].toSorted(([a], [b]) => a - b),
      [...rows.sqlStates],
    );
    const [found] = await db.rows(
      `SELECT count(*)::int AS n, count(*) FILTER (WHERE id = ANY($1))::int AS bad FROM ${table}`,
      [[...refused.keys()]],
    );
    assert.deepEqual(found, { n: count - refused.size, bad: 0 });
  });
});
