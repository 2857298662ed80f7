// @ts-check
// What every program does with the package, however it loads it: it inserts rows into a real
// PostgreSQL and checks the classes of errors. The test looks for the line that it prints.
const assert = require("node:assert/strict");

const { Pool } = require("pg");

/** @param {typeof import("batch-copy")} batchCopy */
module.exports = async function scenario(batchCopy) {
  const { BatchCopyError, Copier, EncodeError, RowRejectedError } = batchCopy;
  const { arrayOf, bytea, int4, jsonb, table, text, timestamptz } = batchCopy;
  const name = `package_user_${process.pid}_${Date.now()}`;
  const definition = table(name, {
    id: int4,
    at: timestamptz,
    bytes: bytea,
    tags: arrayOf(text),
    data: jsonb.nullable(),
  });
  const pool = new Pool({ connectionString: process.env["DATABASE_URL"] });
  await pool.query(definition.ddl);
  await pool.query(`ALTER TABLE ${name} ADD PRIMARY KEY (id)`);
  try {
    const copier = await Copier.connect(definition);
    const row = {
      id: 1,
      at: new Date(0),
      bytes: new Uint8Array([1, 2]),
      tags: ["a"],
      data: { b: [] },
    };
    await copier.insert(row);

    const duplicate = await copier.insert(row).catch((error) => error);
    assert.ok(duplicate instanceof RowRejectedError && duplicate instanceof BatchCopyError);
    assert.equal(duplicate.name, "RowRejectedError");
    assert.equal(duplicate.sqlState, "23505");
    // @ts-expect-error: a string is not an integer
    const invalid = await copier.insert({ ...row, id: "x" }).catch((error) => error);
    assert.ok(invalid instanceof EncodeError);
    assert.equal(invalid.name, "EncodeError");
    await copier.close();

    // Takes the types from the catalog, which needs the registry that the package fills at load.
    const byName = await Copier.connect(name, { pool });
    await byName.send({ ...row, id: 2 });
    await byName.close();
    const { rows } = await pool.query(
      `SELECT id, extract(epoch FROM at)::int AS epoch, encode(bytes, 'hex') AS bytes, tags, data FROM ${name} ORDER BY id`,
    );
    const written = { bytes: "0102", tags: ["a"], data: { b: [] } };
    assert.deepEqual(rows, [
      { id: 1, epoch: 0, ...written },
      { id: 2, epoch: 0, ...written },
    ]);
  } finally {
    await pool.query(`DROP TABLE ${name}`);
    await pool.end();
  }
  console.log("2 rows inserted");
};
