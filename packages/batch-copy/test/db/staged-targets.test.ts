import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Copier, SchemaMismatchError, type RowRejectedError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { openUpsert, type Row } from "../helpers/upserting.js";

const db = useDatabase();
const role = `guarded_${process.pid}`;
const url = Object.assign(new URL(db.url), { username: role, password: "x" }).href;

const COLUMNS = "id int PRIMARY KEY, tenant text, n int";
/** Only rows of tenant "a" may be seen and written. */
const POLICY = `ALTER TABLE $t ENABLE ROW LEVEL SECURITY; GRANT ALL ON $t TO ${role};
  CREATE POLICY own ON $t TO ${role} USING (tenant = 'a') WITH CHECK (tenant = 'a')`;

describe("a table with row-level security", () => {
  before(() =>
    db.pool.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA ${db.schema} TO ${role}`,
    ),
  );
  after(() => db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));

  it("is written through a stage, and a row that a policy forbids comes back", async () => {
    const { copier, rejections, found } = await openUpsert(
      db,
      COLUMNS,
      { databaseUrl: url, connections: 1, maxBatchRows: 20 },
      POLICY,
    );
    assert.equal(copier.write, "stage");
    const rows = Array.from({ length: 60 }, (_, id) => ({
      id,
      tenant: id % 20 === 9 ? "b" : "a",
      n: id,
    }));
    await copier.sendMany(rows);
    await assert.rejects(copier.insert({ id: 99, tenant: "b", n: 0 }), { sqlState: "42501" });
    await copier.close();
    assert.deepEqual(
      rejections.map(({ row, error }) => [row["id"], (error as RowRejectedError).sqlState]),
      [9, 29, 49].map((id) => [id, "42501"]),
    );
    assert.deepEqual(
      await found("ORDER BY id"),
      rows.filter(({ tenant }) => tenant === "a"),
    );
  });

  it("is written through a stage from the moment when the security is switched on", async () => {
    const { copier, name, found } = await openUpsert(
      db,
      COLUMNS,
      { databaseUrl: url, connections: 1, retry: { minDelayMs: 5, maxDelayMs: 20 } },
      `GRANT ALL ON $t TO ${role}`,
    );
    await copier.insert({ id: 1, tenant: "b", n: 1 });
    assert.equal(copier.write, "copy");
    await db.pool.query(POLICY.replaceAll("$t", name));
    await copier.insert({ id: 2, tenant: "a", n: 2 });
    assert.equal(copier.write, "stage");
    await assert.rejects(copier.insert({ id: 3, tenant: "b", n: 3 }), { sqlState: "42501" });
    await copier.close();
    assert.deepEqual(
      (await found("ORDER BY id")).map(({ id }) => id),
      [1, 2],
    );
  });

  it("takes upserts row by row, and refuses those of rows that the role does not see", async () => {
    const setup = `${POLICY}; INSERT INTO $t VALUES (7, 'b', 0)`;
    const { copier, rejections, found } = await openUpsert(
      db,
      COLUMNS,
      { databaseUrl: url, connections: 2, maxBatchRows: 5, onConflict: { update: "all" } },
      setup,
    );
    assert.equal(copier.write, "loop");
    const rows = Array.from({ length: 40 }, (_, n) => ({ id: n % 10, tenant: "a", n }));
    await copier.sendMany(rows);
    await copier.close();
    assert.deepEqual(
      rejections.map(({ row, error }) => [row["n"], (error as RowRejectedError).sqlState]),
      [7, 17, 27, 37].map((n) => [n, "42501"]),
    );
    const expected = rows.slice(30).filter(({ id }) => id !== 7);
    assert.deepEqual(await found("WHERE tenant = 'a' ORDER BY id"), expected);
    assert.deepEqual(await found("WHERE tenant = 'b'"), [{ id: 7, tenant: "b", n: 0 }]);
  });
});

describe("a table with rules", () => {
  it("has them applied to each row", async () => {
    const setup = `CREATE TABLE $t_log (id int);
      CREATE RULE log AS ON INSERT TO $t DO ALSO INSERT INTO $t_log VALUES (NEW.id)`;
    const { copier, name } = await openUpsert(db, "id int, n int", { maxBatchRows: 7 }, setup);
    assert.equal(copier.write, "stage");
    await copier.sendMany(Array.from({ length: 30 }, (_, id) => ({ id, n: 0 })));
    await copier.close();
    const [log] = await db.rows(`SELECT count(DISTINCT id)::int AS n FROM ${name}_log`);
    assert.deepEqual(log, { n: 30 });
    assert.equal(copier.stats.rowsCommitted, 30);
  });

  it("may lead rows elsewhere, which count as committed", async () => {
    const setup = `CREATE TABLE $t_new (id int, n int);
      CREATE RULE away AS ON INSERT TO $t WHERE NEW.id >= 5 DO INSTEAD INSERT INTO $t_new VALUES (NEW.id, NEW.n)`;
    const { copier, name, found } = await openUpsert(db, "id int, n int", {}, setup);
    await copier.sendMany(Array.from({ length: 12 }, (_, id) => ({ id, n: 0 })));
    await copier.close();
    assert.equal((await found()).length, 5);
    assert.equal((await db.rows(`SELECT FROM ${name}_new`)).length, 7);
    assert.equal(copier.stats.rowsCommitted, 12);
  });
});

describe("a view with an INSTEAD OF trigger", () => {
  it("is written by COPY, and has no upserts", async () => {
    const name = `${db.schema}.shown`;
    await db.pool.query(`CREATE TABLE ${name}_base (id int PRIMARY KEY, n int CHECK (n <> 13));
      CREATE VIEW ${name} AS SELECT * FROM ${name}_base;
      CREATE FUNCTION ${name}_f() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO ${name}_base VALUES (NEW.id, NEW.n); RETURN NEW; END';
      CREATE TRIGGER t INSTEAD OF INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_f()`);
    const refused: unknown[] = [];
    const copier = await Copier.connect<Row>(name, {
      databaseUrl: db.url,
      onReject: ({ row }) => void refused.push(row["id"]),
    });
    assert.equal(copier.write, "copy");
    await copier.sendMany([1, 2, 3].map((id) => ({ id, n: id === 2 ? 13 : 0 })));
    await copier.close();
    assert.deepEqual(refused, [2]);
    assert.equal((await db.rows(`SELECT FROM ${name}_base`)).length, 2);
    await assert.rejects(
      Copier.connect<Row>(name, { databaseUrl: db.url, onConflict: { update: "nothing" } }),
      SchemaMismatchError,
    );
  });
});
