/**
 * Upserts by the last version, and dead letters: rejected rows are kept in a table, and sent again later.
 */
import assert from "node:assert/strict";

import { Copier, float8, int8, resendDeadLetters, table, text } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";

const DEVICES = 100;
const UPDATES = 20_000;

const devices = table(
  "devices",
  { id: text, version: int8, temperature: float8 },
  { schema: SCHEMA },
);

const client = await connectToFresh(devices);
await client.query(
  `ALTER TABLE ${SCHEMA}.devices ADD PRIMARY KEY (id), ADD CHECK (temperature < 1000);
   DROP TABLE IF EXISTS ${SCHEMA}.rejected_rows`,
);

const copier = await Copier.connect(devices, {
  databaseUrl: process.env["DATABASE_URL"],
  onConflict: { update: "all", where: "excluded.version > devices.version" },
  deadLetters: `${SCHEMA}.rejected_rows`, // created by connect()
});
console.log(`rows are written in the form "${copier.write}"`);

// Each device reports its state many times, and a report may come late.
const report = (n: number): { id: string; version: number; temperature: number } => ({
  id: `device ${n % DEVICES}`,
  version: n % 7 === 0 ? 0 : n,
  temperature: n % 40,
});
for (let n = 1; n <= UPDATES; n++) {
  await copier.send(report(n));
}
await copier.send({ id: "oven", version: 1, temperature: 1200 }); // too hot for the CHECK constraint
await copier.flush(); // does not reject: the row is a dead letter

const { rowsCommitted, rowsUpdated, rowsIgnored, rowsRejected } = copier.stats;
console.log({ rowsCommitted, rowsUpdated, rowsIgnored, rowsRejected });
const { rows: letters } = await client.query<{ row: { id: string } }>(
  `SELECT "row", message FROM ${SCHEMA}.rejected_rows`,
);
console.log("dead letters:", letters);

// The table is corrected, and the row is sent again.
await client.query(`ALTER TABLE ${SCHEMA}.devices DROP CONSTRAINT devices_temperature_check`);
const resent = await resendDeadLetters(copier);
console.log("sent again:", resent);
await copier.close();

const { rows } = await client.query<{ count: number; newest: number }>(
  `SELECT count(*)::int, max(version)::int AS newest FROM ${SCHEMA}.devices`,
);
await client.end();
assert.deepEqual(rows, [{ count: DEVICES + 1, newest: UPDATES }]);
assert.deepEqual([letters.length, letters[0]?.row.id, resent.sent], [1, "oven", 1]);
assert.equal(rowsCommitted + rowsIgnored + rowsRejected, UPDATES + 1);
console.log("Checked: each device has its last version, and no dead letter is left.");
