/**
 * Writes to a table that has a partition per day; partitions are made before their day comes.
 */
import assert from "node:assert/strict";

import { Copier, float8, RowRejectedError, table, text, timestamptz, type RowOf } from "batch-copy";
import { Pool } from "pg";

const DAY_MS = 24 * 60 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
/** With a week in hand, nobody has to be woken if no partition can be made for a night. */
const DAYS_AHEAD = 7;
/** How many readings of each day the example sends. */
const READINGS = 1000;

const SCHEMA = "batch_copy_examples_partitions";

const readings = table(
  "readings",
  { sensor: text, value: float8, takenAt: timestamptz },
  { schema: SCHEMA, names: "snake_case" },
);
type Reading = RowOf<typeof readings>;

const pool = new Pool({ connectionString: process.env["DATABASE_URL"], max: 3 });
pool.on("error", (error) => console.error("an idle connection was lost:", error.message));
await createTable();

// First the partitions, then the rows: a row whose day has no partition is rejected.
await makePartitions();
const timer = setInterval(() => {
  makePartitions().catch((error: unknown) => console.error("no partitions were made:", error));
}, HOUR_MS);

// Rows go to the parent table: COPY puts each into the partition of its day, one batch for all days.
const late: Reading[] = [];
const copier = await Copier.connect(readings, {
  pool,
  onReject({ row, error }) {
    if (!isWithoutPartition(error)) throw error;
    console.log(`not written: ${error.message}`);
    late.push(row);
  },
});

const now = Date.now();
for (let n = 0; n < READINGS; n++) {
  const reading = { sensor: `sensor ${n % 10}`, value: n / 10 };
  await copier.send({ ...reading, takenAt: new Date(now) });
  await copier.send({ ...reading, takenAt: new Date(now + DAY_MS) });
}
// A sensor that was switched off for long sends what it has kept.
await copier.send({ sensor: "sensor 11", value: 20, takenAt: new Date(now - 30 * DAY_MS) });
await copier.flush();

const { rows } = await pool.query<{ partition: string; count: number }>(
  `SELECT tableoid::regclass::text AS partition, count(*)::int
     FROM ${SCHEMA}.readings GROUP BY 1 ORDER BY 1`,
);
console.table(rows);

clearInterval(timer);
await copier.close();
await pool.end();

assert.deepEqual(
  rows.map(({ count }) => count),
  [READINGS, READINGS],
);
assert.deepEqual([late.length, late[0]?.sensor], [1, "sensor 11"]);
console.log("Checked: the rows are in the partitions of their days, except for the late one.");

async function createTable(): Promise<void> {
  await pool.query(
    `DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE;
     CREATE SCHEMA ${SCHEMA};
     CREATE TABLE ${SCHEMA}.readings (
       sensor text NOT NULL, value float8 NOT NULL, taken_at timestamptz NOT NULL
     ) PARTITION BY RANGE (taken_at)`,
  );
}

/** Makes the partitions of today and of the next days that are missing. Many processes may call it. */
async function makePartitions(): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [`${SCHEMA}.readings`]);
    const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
    for (let day = 0; day <= DAYS_AHEAD; day++) {
      const [from, to] = [day, day + 1].map((n) => new Date(today + n * DAY_MS).toISOString());
      const name = `${SCHEMA}.readings_${from!.slice(0, 10).replaceAll("-", "")}`;
      const found = await client.query("SELECT to_regclass($1) IS NULL AS missing", [name]);
      if (!(found.rows as { missing: boolean }[])[0]?.missing) continue;
      // ATTACH waits for no COPY and lets them go on. CREATE TABLE … PARTITION OF locks them out.
      await client.query(
        `CREATE TABLE ${name} (LIKE ${SCHEMA}.readings INCLUDING ALL);
         ALTER TABLE ${SCHEMA}.readings ATTACH PARTITION ${name}
           FOR VALUES FROM ('${from}') TO ('${to}')`,
      );
    }
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

/** A CHECK constraint has the same SQLSTATE, and a name. */
function isWithoutPartition(error: Error): boolean {
  return (
    error instanceof RowRejectedError &&
    error.sqlState === "23514" &&
    error.constraint === undefined
  );
}
