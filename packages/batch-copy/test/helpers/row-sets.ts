import assert from "node:assert/strict";

import type { TestDatabase } from "./database.js";

/** Numbers 0 to n - 1, each in a row `{ id, note }` that no other row equals. */
export function numberedRow(id: number): { id: number; note: string } {
  return { id, note: `row ${id}` };
}

/** Asserts that the table holds the rows 0 to n - 1 of {@link numberedRow}, each once. */
export async function assertNumberedRows(
  db: TestDatabase,
  name: string,
  count: number,
): Promise<void> {
  const [found] = await db.rows<{ missing: number; extra: number; total: number }>(
    `WITH expected AS (SELECT n AS id, 'row ' || n AS note FROM generate_series(0, $1 - 1) n)
     SELECT
       (SELECT count(*)::int FROM (SELECT id, note FROM expected EXCEPT ALL
         SELECT id, note FROM ${db.schema}.${name}) m) AS missing,
       (SELECT count(*)::int FROM (SELECT id, note FROM ${db.schema}.${name} EXCEPT ALL
         SELECT id, note FROM expected) e) AS extra,
       (SELECT count(*)::int FROM ${db.schema}.${name}) AS total`,
    [count],
  );
  assert.deepEqual(found, { missing: 0, extra: 0, total: count });
}
