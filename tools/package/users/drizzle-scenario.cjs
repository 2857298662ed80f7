// @ts-check
// What every program does with a table of Drizzle. The test looks for the line that it prints.
const assert = require("node:assert/strict");

const { integer, pgTable, serial, text } = require("drizzle-orm/pg-core");
const { Pool } = require("pg");

/**
 * @param {typeof import("batch-copy")} batchCopy
 * @param {typeof import("batch-copy/drizzle")} drizzle
 */
module.exports = async function scenario({ BatchCopyError, Copier }, { fromDrizzle }) {
  // @ts-expect-error: a string is no table
  assert.throws(() => fromDrizzle("logs"), BatchCopyError);
  const name = `package_drizzle_${process.pid}_${Date.now()}`;
  const logs = pgTable(name, { id: serial(), logText: text("log_text").notNull(), n: integer() });
  const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
  await pool.query(`CREATE TABLE ${name} (id serial, log_text text NOT NULL, n integer)`);
  try {
    const copier = await Copier.connect(fromDrizzle(logs), { pool });
    await copier.sendMany([{ logText: "a" }, { logText: "b", n: 5 }]);
    await copier.close();
    const { rows } = await pool.query(`SELECT * FROM ${name} ORDER BY id`);
    assert.deepEqual(rows, [
      { id: 1, log_text: "a", n: null },
      { id: 2, log_text: "b", n: 5 },
    ]);
  } finally {
    await pool.query(`DROP TABLE ${name}`);
    await pool.end();
  }
  console.log("2 rows inserted");
};
