import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Copier, CopierGroup } from "../../dist/index.js";
import { fateObstacles } from "../../dist/ledger/fate-obstacles.js";
import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
let tables = 0;

/** What is said about a table that this DDL creates. */
async function obstacles(ddl: (name: string) => string): Promise<string[]> {
  const name = `${db.schema}.t${tables++}`;
  const client = await db.pool.connect();
  try {
    const written = ddl(name);
    await client.query(written);
    const relation = written.includes("pg_temp") ? `pg_temp.${name.split(".")[1]}` : name;
    const { rows } = await client.query<{ oid: string }>("SELECT $1::regclass::oid::text AS oid", [
      relation,
    ]);
    return await fateObstacles(Number(rows[0]!.oid), client);
  } finally {
    client.release(true);
  }
}

describe("a table that is filled under the ledger", () => {
  it("shares its fate if it is a table, a partitioned one or a view", async () => {
    assert.deepEqual(await obstacles((name) => `CREATE TABLE ${name} (id int)`), []);
    assert.deepEqual(await obstacles((name) => `CREATE VIEW ${name} AS SELECT 1 AS id`), []);
    const partitioned = await obstacles(
      (name) => `CREATE TABLE ${name} (id int) PARTITION BY LIST (id);
        CREATE TABLE ${name}_1 PARTITION OF ${name} FOR VALUES IN (1)`,
    );
    assert.deepEqual(partitioned, []);
  });

  it("does not if it is UNLOGGED, foreign or temporary", async () => {
    assert.deepEqual(await obstacles((name) => `CREATE UNLOGGED TABLE ${name} (id int)`), [
      "it is UNLOGGED, so a crash of the server empties it",
    ]);
    await db.pool.query(`CREATE FOREIGN DATA WRAPPER w_${db.schema};
      CREATE SERVER s_${db.schema} FOREIGN DATA WRAPPER w_${db.schema}`);
    const foreign = `CREATE FOREIGN TABLE `;
    assert.deepEqual(
      await obstacles((name) => `${foreign} ${name} (id int) SERVER s_${db.schema}`),
      ["it is a foreign table, whose server commits on its own"],
    );
    assert.deepEqual(
      await obstacles((name) => `CREATE TABLE pg_temp.${name.split(".")[1]} (id int)`),
      ["it is a temporary table, which is lost with its connection"],
    );
    const parts = await obstacles(
      (name) => `CREATE TABLE ${name} (id int) PARTITION BY LIST (id);
        CREATE TABLE ${name}_1 PARTITION OF ${name} FOR VALUES IN (1) PARTITION BY LIST (id);
        CREATE UNLOGGED TABLE ${name}_1_1 PARTITION OF ${name}_1 FOR VALUES IN (1);
        CREATE UNLOGGED TABLE ${name}_2 PARTITION OF ${name} FOR VALUES IN (2);
        ${foreign} ${name}_3 PARTITION OF ${name} FOR VALUES IN (3) SERVER s_${db.schema}`,
    );
    const name = `"${db.schema}"."t${tables - 1}`;
    assert.deepEqual(parts, [
      `its partition ${name}_1_1" (and 1 more) is UNLOGGED, so a crash of the server empties it`,
      `its partition ${name}_3" is a foreign table, whose server commits on its own`,
    ]);
  });

  it("shares it whatever the tables are that inherit from it, which get none of its rows", async () => {
    const found = await obstacles(
      (name) =>
        `CREATE TABLE ${name} (id int); CREATE UNLOGGED TABLE ${name}_child () INHERITS (${name})`,
    );
    assert.deepEqual(found, []);
  });
});

describe("connect() with a ledger", () => {
  const ledger = { table: `${db.schema}.ledger` };
  let warnings: string[] = [];
  const note = (warning: Error): void => {
    if (warning.name === "BatchCopyWarning") {
      warnings.push(warning.message);
    }
  };
  before(() => process.on("warning", note));
  after(() => process.off("warning", note));

  /** The warnings until now. */
  async function told(): Promise<string[]> {
    await new Promise(setImmediate);
    const all = warnings;
    warnings = [];
    return all;
  }

  const UNLOGGED =
    "rows may be lost or written twice in spite of the ledger: it is UNLOGGED, so a crash of the server empties it";

  it("warns once of a table that does not share its fate, and source() refuses it", async () => {
    const name = `${db.schema}.unlogged`;
    await db.pool.query(`CREATE UNLOGGED TABLE ${name} (id int)`);
    await using copier = await Copier.connect(name, { databaseUrl: db.url, ledger });
    await copier.insert({ id: 1 });
    assert.deepEqual(await told(), [`${copier.table}: ${UNLOGGED}`]);
    await assert.rejects(copier.source("orders", { start: 0 }), {
      code: "SCHEMA_MISMATCH",
      differences: ["it is UNLOGGED, so a crash of the server empties it"],
    });
    assert.deepEqual(
      await db.rows(`SELECT source FROM ${ledger.table} WHERE source = 'orders'`),
      [],
    );
    await copier.insert({ id: 2 });
    assert.deepEqual(await told(), []);
  });

  it("warns of each table of a group", async () => {
    const [one, two] = [`${db.schema}.grouped_1`, `${db.schema}.grouped_2`];
    await db.pool.query(`CREATE UNLOGGED TABLE ${one} (id int); CREATE TABLE ${two} (id int)`);
    await using group = await CopierGroup.connect({ databaseUrl: db.url, ledger });
    const copier = await group.copier(one);
    await group.copier(two);
    await group.copier(one);
    assert.deepEqual(await told(), [`${copier.table}: ${UNLOGGED}`]);
  });

  it("says nothing without the option, or of a table that shares it", async () => {
    const name = `${db.schema}.quiet`;
    await db.pool.query(`CREATE UNLOGGED TABLE ${name} (id int)`);
    await using without = await Copier.connect(name, { databaseUrl: db.url });
    await without.insert({ id: 1 });
    await db.pool.query(`ALTER TABLE ${name} SET LOGGED`);
    await using copier = await Copier.connect(name, { databaseUrl: db.url, ledger });
    await copier.insert({ id: 2 });
    assert.deepEqual(await told(), []);
  });
});
