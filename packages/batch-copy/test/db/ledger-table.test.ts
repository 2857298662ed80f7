import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { ledgerDdl, SchemaMismatchError } from "../../dist/index.js";
import { openLedger } from "../../dist/ledger/ledger-table.js";
import { LANE_AGE_MS, removeOrphans } from "../../dist/ledger/remove-orphans.js";
import { useDatabase } from "../helpers/database.js";

const db = useDatabase();
let names = 0;

/** A name that nobody has in the schema of this file. */
function newName(): string {
  return `${db.schema}.ledger_${names++}`;
}

/** The name in quotes, as it comes back. */
function quoted(name: string): string {
  return name
    .split(".")
    .map((part) => `"${part}"`)
    .join(".");
}

function open(table: string | undefined, create: boolean, pool: Pool = db.pool): Promise<string> {
  return openLedger(pool, { table, create }).then(({ name }) => name);
}

/** The error of a ledger that cannot be used as it is. */
async function mismatchOf(opening: Promise<string>): Promise<SchemaMismatchError> {
  const error = await opening.then(
    (name) => assert.fail(name),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SchemaMismatchError, String(error));
  return error;
}

/** Creates a table, which is refused for these reasons. */
async function assertDiffers(ddl: (name: string) => string, ...reasons: string[]): Promise<string> {
  const name = newName();
  await db.pool.query(ddl(name));
  const error = await mismatchOf(open(name, true));
  assert.deepEqual(
    error.differences,
    reasons.map((reason) => `${reason} (table of ledger)`),
  );
  if (error.ddl !== "") {
    await db.pool.query(error.ddl);
    const isResolved = error.message.includes("This DDL resolves it:");
    assert.equal(
      await open(name, false).then(
        () => true,
        () => false,
      ),
      isResolved,
      error.ddl,
    );
  }
  return error.ddl;
}

/** The table of the ledger with other columns, or with something after it. */
function differing(from: string, to: string): (name: string) => string {
  return (name) => {
    const ddl = ledgerDdl(name);
    assert.ok(ddl.includes(from), from);
    return ddl.replace(from, to);
  };
}

const COLUMNS = ["source", "owner", "session", "position", "updated_at"];

describe("the ledger's table", () => {
  it("is created as the DDL says, and found again", async () => {
    const name = newName();
    assert.equal(await open(name, true), quoted(name));
    assert.equal(await open(name, false), quoted(name));
    const columns = await db.rows(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS "notNull"
       FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [name],
    );
    const types = ["text", "uuid", "uuid", "bigint", "timestamp with time zone"];
    const notNull = true;
    assert.deepEqual(
      columns,
      COLUMNS.map((column, i) => ({ name: column, type: types[i], notNull })),
    );
    const [table] = await db.rows(
      `SELECT reloptions, (SELECT collname FROM pg_attribute JOIN pg_collation ON pg_collation.oid = attcollation
         WHERE attrelid = pg_class.oid AND attname = 'source') AS collation,
       (SELECT indisprimary FROM pg_index WHERE indrelid = pg_class.oid) AS "isPrimary"
       FROM pg_class WHERE oid = $1::regclass`,
      [name],
    );
    assert.deepEqual(table, { reloptions: ["fillfactor=50"], collation: "C", isPrimary: true });
  });

  it("has any name that SQL has", async () => {
    for (const odd of ['"Odd.""Ledger; --"', '"user"', "größe", "User"]) {
      const name = `"${db.schema}".${odd}`;
      assert.equal(await open(name, true), await open(name, false));
      const [found] = await db.rows<{ exists: boolean }>(
        "SELECT to_regclass($1) IS NOT NULL AS exists",
        [await open(name, false)],
      );
      assert.equal(found!.exists, true, odd);
    }
  });

  it("is by default batch_copy_ledger, wherever the search_path has it, or in its first schema", async () => {
    await db.pool.query(`CREATE SCHEMA ${db.schema}_other; CREATE SCHEMA ${db.schema}_first`);
    const options = `-c search_path=${db.schema}_first,${db.schema}_other`;
    const pool = new Pool({ connectionString: db.url, options, max: 1 });
    try {
      const other = await open(`${db.schema}_other.batch_copy_ledger`, true);
      assert.equal(await open(undefined, true, pool), other);
      await db.pool.query(`DROP TABLE ${other}`);
      const first = `"${db.schema}_first"."batch_copy_ledger"`;
      assert.equal(await open(undefined, true, pool), first);
    } finally {
      await pool.end();
      await db.pool.query(`DROP SCHEMA ${db.schema}_other, ${db.schema}_first CASCADE`);
    }
  });

  it("is created once by many who open it at once", async () => {
    const pool = new Pool({ connectionString: db.url, max: 8 });
    try {
      // The connections are open, so that the statements run at the same time.
      await Promise.all(Array.from({ length: 8 }, () => pool.query("SELECT pg_sleep(0.1)")));
      for (let i = 0; i < 5; i++) {
        const name = newName();
        const opened = Array.from({ length: 8 }, () => open(name, true, pool));
        assert.deepEqual(new Set(await Promise.all(opened)), new Set([quoted(name)]));
      }
    } finally {
      await pool.end();
    }
  });

  it("is waited for while another process creates it", async () => {
    const name = newName();
    const other = await db.pool.connect();
    try {
      await other.query(`BEGIN; ${ledgerDdl(name)}`);
      const opening = open(name, true);
      await other.query("SELECT pg_sleep(0.2)");
      await other.query("COMMIT");
      assert.equal(await opening, quoted(name));
    } finally {
      other.release();
    }
  });

  it("is missed with its DDL if it is not to be created, or cannot be", async () => {
    const name = newName();
    const error = await mismatchOf(open(name, false));
    assert.deepEqual(error.differences, ["it does not exist (table of ledger)"]);
    assert.equal(error.ddl, ledgerDdl(name));
    assert.ok(error.message.endsWith(`This DDL resolves it:\n${error.ddl}`), error.message);
    await db.pool.query(error.ddl);
    assert.equal(await open(name, false), quoted(name));
    const { differences } = await mismatchOf(open(`${db.schema}_none.ledger`, true));
    assert.match(differences.join(), /^it does not exist, and cannot be created: schema .+_none"/);
  });

  it("differs by its columns", async () => {
    await assertDiffers(
      (name) => `CREATE TABLE ${name} (id int)`,
      ...COLUMNS.map((column) => `column "${column}" does not exist`),
    );
    await assertDiffers(
      differing('text COLLATE "C"', "varchar(99)"),
      'column "source" must be text, it is character varying(99)',
    );
    await assertDiffers(
      differing("owner uuid", "owner text"),
      'column "owner" must be uuid, it is text',
    );
    await assertDiffers(
      differing("bigint", "integer"),
      'column "position" must be bigint, it is integer',
    );
    await assertDiffers(
      differing("timestamptz", "timestamp"),
      'column "updated_at" must be timestamp with time zone, it is timestamp without time zone',
    );
    await assertDiffers(
      differing("owner uuid NOT NULL", "owner uuid"),
      'column "owner" must be NOT NULL',
    );
    await assertDiffers(differing(" DEFAULT now()", ""), 'column "updated_at" must have a default');
    await assertDiffers(
      differing("bigint NOT NULL", "bigint GENERATED ALWAYS AS IDENTITY"),
      'column "position" is generated',
    );
    await assertDiffers(
      differing("position", '"No""te" int NOT NULL,\n  position'),
      'column "No""te" is NOT NULL without a default',
    );
    const name = newName();
    await db.pool.query(
      differing("position", "note text,\n  n int NOT NULL DEFAULT 1,\n  position")(name),
    );
    assert.equal(await open(name, false), quoted(name));
  });

  it("differs by a type that merely has the name of a built-in one", async () => {
    const odd = `${db.schema}_odd`;
    const options = `-c search_path=${odd},pg_catalog`;
    const pool = new Pool({ connectionString: db.url, max: 1, options });
    try {
      await db.pool.query(`CREATE SCHEMA ${odd}; CREATE DOMAIN ${odd}.uuid AS text`);
      const name = newName();
      await db.pool.query(differing("owner uuid", `owner ${odd}.uuid`)(name));
      const { differences } = await mismatchOf(open(name, false, pool));
      assert.match(differences.join(), /^column "owner" must be uuid, it is /);
    } finally {
      await pool.end();
      await db.pool.query(`DROP SCHEMA ${odd} CASCADE`);
    }
  });

  it("differs by its key", async () => {
    const reason =
      'column "source" has no primary key or unique index of its own that is checked at once';
    await assertDiffers(differing(" PRIMARY KEY", " NOT NULL"), reason);
    await assertDiffers(
      (name) =>
        `${ledgerDdl(name)} UPDATE pg_index SET indisvalid = false WHERE indrelid = '${name}'::regclass`,
      reason,
    );
    await assertDiffers(differing(" PRIMARY KEY", " PRIMARY KEY DEFERRABLE"), reason);
    await assertDiffers(
      (
        name,
      ) => `${differing(" PRIMARY KEY", " NOT NULL")(name)} CREATE UNIQUE INDEX ON ${name} (source) WHERE position > 5;
        CREATE UNIQUE INDEX ON ${name} (source, owner); CREATE UNIQUE INDEX ON ${name} (lower(source));
        CREATE INDEX ON ${name} (source); CREATE UNIQUE INDEX ON ${name} (owner)`,
      reason,
    );
    const name = newName();
    await db.pool.query(`${differing(" PRIMARY KEY", " NOT NULL")(name)}
      CREATE UNIQUE INDEX ON ${name} (source) INCLUDE (position)`);
    assert.equal(await open(name, false), quoted(name));
  });

  it("differs by a collation that takes different names for one", async (t) => {
    const [icu] = await db.rows("SELECT FROM pg_collation WHERE collprovider = 'i' LIMIT 1");
    if (icu === undefined) {
      t.skip("the server has no ICU");
      return;
    }
    await db.pool.query(`CREATE COLLATION ${db.schema}.loose
      (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`);
    const loose = differing('COLLATE "C"', `COLLATE ${db.schema}.loose`);
    await assertDiffers(loose, 'column "source" has a nondeterministic collation');
  });

  it("differs by what it is", async () => {
    const definition = (name: string): string =>
      ledgerDdl(name)
        .replace(/^.*?\(/, "(")
        .replace(" WITH (fillfactor = 50)", "");
    await assertDiffers(
      (name) => `${ledgerDdl(`${name}_base`)} CREATE VIEW ${name} AS SELECT * FROM ${name}_base`,
      "it is not an ordinary table",
    );
    await assertDiffers(
      (name) =>
        `CREATE TABLE ${name} ${definition(name).replace(/;$/, "")} PARTITION BY LIST (source)`,
      "it is a partitioned table",
    );
    await assertDiffers(
      (name) => ledgerDdl(name).replace("TABLE IF NOT EXISTS", "UNLOGGED TABLE"),
      "it is UNLOGGED, so a crash of the server empties it",
    );
    await assertDiffers(
      (name) => `${ledgerDdl(name)} CREATE RULE silent AS ON UPDATE TO ${name} DO INSTEAD NOTHING`,
      "it has rules",
    );
    await assertDiffers(
      (name) => `${ledgerDdl(name)} CREATE TABLE ${name}_child () INHERITS (${name})`,
      "other tables inherit from it",
    );
    const client = await db.pool.connect();
    try {
      await client.query(
        ledgerDdl("batch_copy_ledger").replace("TABLE IF NOT EXISTS", "TEMPORARY TABLE"),
      );
      const opening = openLedger(client, { table: undefined, create: true });
      const { differences } = await mismatchOf(opening.then(({ name }) => name));
      assert.match(differences.join(), /^it is a temporary table, which only the connection /);
    } finally {
      client.release(true);
    }
  });

  it("is not opened by a role that may not read all of it, write to it, or create it", async () => {
    const role = `${db.schema}_role`;
    const name = newName();
    const pool = new Pool({ connectionString: db.url, max: 1, options: `-c role=${role}` });
    await db.pool.query(`CREATE ROLE ${role}`);
    try {
      const outside = await mismatchOf(open(name, true, pool));
      assert.equal(outside.ddl, `GRANT USAGE ON SCHEMA "${db.schema}" TO "${role}";`);
      assert.match(outside.differences.join(), /^permission denied for schema /);
      await db.pool.query(outside.ddl);
      const uncreated = await mismatchOf(open(name, true, pool));
      assert.equal(uncreated.ddl, ledgerDdl(name));
      assert.match(uncreated.differences.join(), /cannot be created: permission denied for schema/);
      await db.pool.query(`${uncreated.ddl} GRANT SELECT, UPDATE ON ${name} TO ${role}`);
      const unprivileged = await mismatchOf(open(name, true, pool));
      assert.deepEqual(unprivileged.differences, [
        "this role does not have the privileges INSERT, DELETE on it (table of ledger)",
      ]);
      assert.equal(unprivileged.ddl, `GRANT INSERT, DELETE ON ${quoted(name)} TO "${role}";`);
      await db.pool.query(unprivileged.ddl);
      assert.equal(await open(name, true, pool), quoted(name));
      await db.pool.query(`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY`);
      const hidden = await mismatchOf(open(name, true, pool));
      assert.deepEqual(hidden.differences, [
        "row-level security may hide rows of it from this role (table of ledger)",
      ]);
      assert.equal(await open(name, true), quoted(name));
    } finally {
      await pool.end();
      await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it("is not created where nothing can be written: that is the server's error, not the table's", async () => {
    const options = "-c default_transaction_read_only=on";
    const pool = new Pool({ connectionString: db.url, max: 1, options });
    try {
      await assert.rejects(open(newName(), true, pool), { code: "25006" });
    } finally {
      await pool.end();
    }
  });
});

describe("lanes of the dead", () => {
  async function ledgerWith(rows: Readonly<Record<string, string>>): Promise<string> {
    const name = await open(newName(), true);
    for (const [source, age] of Object.entries(rows)) {
      await db.pool.query(
        `INSERT INTO ${name} VALUES ($1, gen_random_uuid(), gen_random_uuid(), 0, now() - $2::interval)`,
        [source, age],
      );
    }
    return name;
  }

  function sources(name: string): Promise<string[]> {
    return db
      .rows<{ source: string }>(`SELECT source FROM ${name} ORDER BY source`)
      .then((rows) => rows.map(({ source }) => source));
  }

  it("are removed when they have not moved for seven days, and no other source", async () => {
    assert.equal(LANE_AGE_MS, 7 * 24 * 60 * 60 * 1000);
    const name = await ledgerWith({
      "lane/dead": "7 days 1 minute",
      "lane/alive": "6 days 23 hours",
      "lane/": "8 days",
      lane0: "8 days",
      lane: "8 days",
      "Lane/dead": "8 days",
      "orders/lane/": "8 days",
      "spool/dead": "8 days",
    });
    assert.equal(await removeOrphans(db.pool, { name }), 2);
    const left = ["Lane/dead", "lane", "lane/alive", "lane0", "orders/lane/", "spool/dead"];
    assert.deepEqual(await sources(name), left);
    assert.equal(await removeOrphans(db.pool, { name }), 0);
  });

  for (const level of ["REPEATABLE READ", "SERIALIZABLE"]) {
    it(`may have been removed by somebody else meanwhile: ${level}`, async () => {
      const name = await ledgerWith({ "lane/dead": "8 days" });
      const client = await db.pool.connect();
      try {
        await client.query(`BEGIN ISOLATION LEVEL ${level}; SELECT FROM ${name}`);
        assert.equal(await removeOrphans(db.pool, { name }), 1);
        assert.equal(await removeOrphans(client, { name }), 0);
        await client.query("ROLLBACK");
      } finally {
        client.release();
      }
    });
  }

  it("that cannot be removed are an error of the server's", async () => {
    const options = "-c default_transaction_read_only=on";
    const pool = new Pool({ connectionString: db.url, max: 1, options });
    const name = await ledgerWith({ "lane/dead": "8 days" });
    try {
      await assert.rejects(removeOrphans(pool, { name }), { code: "25006" });
    } finally {
      await pool.end();
    }
  });

  it("are left alone while somebody has them locked, without a wait", async () => {
    const name = await ledgerWith({ "lane/dead": "8 days", "lane/locked": "8 days" });
    const client = await db.pool.connect();
    try {
      await client.query(
        `BEGIN; UPDATE ${name} SET updated_at = now() WHERE source = 'lane/locked'`,
      );
      assert.equal(await removeOrphans(db.pool, { name }), 1);
      await client.query("COMMIT");
      assert.deepEqual(await sources(name), ["lane/locked"]);
    } finally {
      client.release();
    }
  });
});
