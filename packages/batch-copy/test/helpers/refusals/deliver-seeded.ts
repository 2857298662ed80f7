import assert from "node:assert/strict";

import { Copier, int4, type CopierOptions, type RowRejectedError } from "../../../dist/index.js";
import type { TestDatabase } from "../database.js";
import type { Refusal } from "./refusal.js";
import type { SeededRow } from "./seeded-rows.js";

/**
 * Sends the rows to a table of their own, and asserts that the bad ones come back, and no others.
 *
 * @param setup SQL before the copier looks at the table, `{t}`
 */
export async function deliverSeeded(
  db: TestDatabase,
  name: string,
  refusal: Refusal,
  rows: readonly SeededRow[],
  options: CopierOptions<SeededRow["row"]> = {},
  setup = "",
): Promise<void> {
  const definition = await db.create(name, { id: int4, v: refusal.type });
  const table = `${db.schema}."${name}"`;
  await db.pool.query(setup.replaceAll("{t}", table));
  const refused: SeededRow[] = [];
  const copier = await Copier.connect(definition, {
    databaseUrl: db.url,
    // Rows that others refer to are to be there first.
    connections: 1,
    ...options,
    onReject: ({ row, error }) =>
      void refused.push({ row, sqlState: (error as RowRejectedError).sqlState }),
  });
  // Later than the copier looks at the table: it would not take NULL for a column that does not.
  const rule = refusal.rule.replaceAll("{t}", table);
  await db.pool.query(rule.replaceAll("{s}", db.schema).replaceAll("{n}", name));
  await copier.sendMany(rows.map(({ row }) => row));
  await copier.close();
  assert.deepEqual(
    refused.toSorted((a, b) => a.row.id - b.row.id),
    rows.filter(({ sqlState }) => sqlState !== undefined),
  );
  const found = await db.rows<{ id: number }>(`SELECT id FROM ${table} ORDER BY id`);
  assert.deepEqual(
    found.map(({ id }) => id),
    rows.filter(({ sqlState }) => sqlState === undefined).map(({ row }) => row.id),
  );
}
