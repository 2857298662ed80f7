/**
 * 2048 concurrent producers send 20 rows each into one table.
 */
import assert from "node:assert/strict";

import { Copier, int4, table, text } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";
import { formatNumber } from "./support/numbers.js";

const PRODUCERS = 2048;
const ROWS_EACH = 20;

const users = table("users", { id: int4, id2: int4, name: text }, { schema: SCHEMA });

const client = await connectToFresh(users);
const copier = await Copier.connect(users);

async function produce(id: number): Promise<void> {
  for (let id2 = 0; id2 < ROWS_EACH; id2++) {
    await copier.send({ id, id2, name: `user ${id}/${id2}` });
  }
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: PRODUCERS }, (_, id) => produce(id)));
await copier.flush();
const milliseconds = performance.now() - startedAt;

const { rowsCommitted, batchesCommitted } = copier.stats;
const result = `${formatNumber(rowsCommitted)} rows in ${batchesCommitted} batches`;
console.log(`${PRODUCERS} producers: ${result}, ${formatNumber(milliseconds)} ms`);
await copier.close();

// Check that each row is in the table exactly once, and nothing else is.
const { rows } = await client.query(
  `WITH sent AS (
     SELECT id, id2, format('user %s/%s', id, id2) AS name
     FROM generate_series(0, $1::int - 1) AS id, generate_series(0, $2::int - 1) AS id2
   )
   SELECT
     (SELECT count(*)::int FROM ${SCHEMA}.users) AS found,
     (SELECT count(*)::int FROM (TABLE sent EXCEPT ALL TABLE ${SCHEMA}.users) AS _) AS missing,
     (SELECT count(*)::int FROM (TABLE ${SCHEMA}.users EXCEPT ALL TABLE sent) AS _) AS unexpected`,
  [PRODUCERS, ROWS_EACH],
);
await client.end();

assert.deepEqual(rows, [{ found: PRODUCERS * ROWS_EACH, missing: 0, unexpected: 0 }]);
console.log("Checked: the table holds each row once, and nothing else.");
