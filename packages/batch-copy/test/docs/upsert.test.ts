import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Pool } from "pg";

import { Copier } from "../../dist/index.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks, readDocument } from "../helpers/documents.js";
import { findWithPlan, type PlanOptions } from "../helpers/find-plan.js";

const run = promisify(execFile);
const PAGE = "docs/upsert.md";
/** Inside the package, so that `batch-copy` and the libraries resolve as they do for users. */
const workFolder = fileURLToPath(new URL("../../dist-test/documented/upsert", import.meta.url));

const db = useDatabase();

const GUARDED = "row-level security that is active for the role";

/** Tables that have what the first column of the page's table says; `$t` is the name of the table. */
const SHAPES: Readonly<Record<string, string>> = {
  "one unique index, that of `onConflict`": "CREATE TABLE $t (id int PRIMARY KEY, a text)",
  "another unique index, or an exclusion constraint":
    "CREATE TABLE $t (id int PRIMARY KEY, a int UNIQUE)",
  "an index that is partial or on an expression, beside that of `onConflict`":
    "CREATE TABLE $t (id int PRIMARY KEY, a int); CREATE INDEX ON $t (a) WHERE a > 0",
  "an index beside the key on a column whose values may be too long for it, such as `text`":
    "CREATE TABLE $t (id int PRIMARY KEY, a text); CREATE INDEX ON $t (a)",
  "a key of a type whose equal values may differ: `numeric`, `float8`, `citext`, `bpchar`, some collations":
    "CREATE TABLE $t (id numeric PRIMARY KEY, a text)",
  "a CHECK constraint": "CREATE TABLE $t (id int PRIMARY KEY, a int CHECK (a > 0))",
  "a foreign key to another table":
    "CREATE TABLE $t (id int PRIMARY KEY, a int REFERENCES referenced)",
  "a generated column":
    "CREATE TABLE $t (id int PRIMARY KEY, a int GENERATED ALWAYS AS (id * 2) STORED)",
  "an identity column that rows do not have":
    "CREATE TABLE $t (id int PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY)",
  "a volatile default, such as `gen_random_uuid()`, of a column that rows do not have":
    "CREATE TABLE $t (id int PRIMARY KEY, omitted uuid DEFAULT gen_random_uuid())",
  "an index for `onConflict` that is partial or on an expression":
    "CREATE TABLE $t (id int NOT NULL); CREATE UNIQUE INDEX ON $t (id) WHERE id > 0",
  "an index for `onConflict` that compares in another way than its column, by operators or a collation of its own":
    'CREATE TABLE $t (id text NOT NULL); CREATE UNIQUE INDEX ON $t (id COLLATE "C")',
  "a CHECK constraint that calls a function of yours, which is not `IMMUTABLE`":
    "CREATE TABLE $t (id int PRIMARY KEY, a int CHECK (counted(a) > 0))",
  "a default that calls such a function, of a column that rows do not have":
    "CREATE TABLE $t (id int PRIMARY KEY, omitted int DEFAULT counted(1))",
  "a unique or exclusion constraint that is `DEFERRABLE`":
    "CREATE TABLE $t (id int PRIMARY KEY, a int UNIQUE DEFERRABLE)",
  "a foreign key to itself, or from a partition to its partitioned table":
    "CREATE TABLE $t (id int PRIMARY KEY, a int REFERENCES $t)",
  "a foreign key of another table to a column that is updated, besides the key of `onConflict`":
    "CREATE TABLE $t (id int PRIMARY KEY, a int UNIQUE); CREATE TABLE $t_r (a int REFERENCES $t (a))",
  "a key whose equal values may differ, and a foreign key of another table to it with ON UPDATE CASCADE, SET NULL or SET DEFAULT":
    "CREATE TABLE $t (id numeric PRIMARY KEY); CREATE TABLE $t_r (a numeric REFERENCES $t ON UPDATE CASCADE)",
  "a trigger ON INSERT":
    "CREATE TABLE $t (id int PRIMARY KEY); CREATE TRIGGER t AFTER INSERT ON $t EXECUTE FUNCTION nothing()",
  "a trigger ON UPDATE":
    "CREATE TABLE $t (id int PRIMARY KEY); CREATE TRIGGER t AFTER UPDATE ON $t EXECUTE FUNCTION nothing()",
  partitions: "CREATE TABLE $t (id int PRIMARY KEY) PARTITION BY RANGE (id)",
  [GUARDED]:
    "CREATE TABLE $t (id int PRIMARY KEY); ALTER TABLE $t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; ALTER TABLE $t OWNER TO $owner",
};

/** Of tables that are only made faster by another type, with both. */
const FASTER: readonly (readonly [slow: string, fast: string])[] = [
  ["id numeric PRIMARY KEY", "id numeric(10, 2) PRIMARY KEY"],
  ["id bpchar PRIMARY KEY", "id char(3) PRIMARY KEY"],
  ["id int PRIMARY KEY, a int CHECK (a > 0)", "id int PRIMARY KEY, a positive"],
];

/** The lines of the page's table, as cells. */
async function formsOfPage(): Promise<string[][]> {
  const page = await readDocument(PAGE);
  const [, body] = /^\| the table has .*\n\|[- |]+\n((?:\|.*\n)+)/m.exec(page)!;
  return body!
    .trimEnd()
    .split("\n")
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
}

let tables = 0;

/** Creates a table; returns its name. `$t` is the name in the statements. */
async function make(statements: string, owner = "CURRENT_USER"): Promise<string> {
  const name = `${db.schema}.shaped_${tables++}`;
  const sql = statements.replaceAll("$t", name).replaceAll("$owner", owner);
  await db.pool.query(`SET search_path = ${db.schema}; ${sql}; RESET search_path`);
  return name;
}

/** The form, as the page has it: also whether only batches without duplicates are written by one statement. */
async function formOf(
  name: string,
  onConflict: PlanOptions["onConflict"],
  pool = db.pool,
): Promise<string> {
  const described = await db.rows<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0
     AND attgenerated = '' AND attidentity = '' AND attname <> 'omitted'`,
    [name],
  );
  const columns = described.map((column) => column.name);
  const { plan } = await findWithPlan(pool, name, { columns, onConflict });
  return plan.form + (plan.duplicates?.written === "each" ? " without duplicates" : "");
}

describe("Upsert", () => {
  const role = `owner_of_${db.schema}`;
  const ownerUrl = new URL(databaseUrl);
  ownerUrl.username = role;
  ownerUrl.password = "owner";
  const ownerPool = new Pool({ connectionString: ownerUrl.href, max: 1 });

  before(async () => {
    const ddl = await codeBlocks(PAGE, "sql");
    await db.pool.query(`SET search_path = ${db.schema};
      CREATE TABLE referenced (id int PRIMARY KEY);
      CREATE DOMAIN positive AS int CHECK (value > 0);
      CREATE FUNCTION counted(int) RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE ROLE ${role} LOGIN PASSWORD 'owner'; GRANT ALL ON SCHEMA ${db.schema} TO ${role};
      ${ddl.join("\n")}
      RESET search_path`);
    await compile(workFolder, await codeBlocks(PAGE, "ts"));
  });

  after(async () => {
    await ownerPool.end();
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  /** Runs the block with this text as a program, which must print what its comments say. */
  async function runBlock(text: string): Promise<void> {
    const blocks = await codeBlocks(PAGE, "ts");
    const index = blocks.findIndex((block) => block.includes(text));
    assert.ok(index >= 0, `no block has ${text}`);
    const { stdout } = await run(process.execPath, [join(workFolder, `${index}.js`)], {
      env: { ...process.env, DATABASE_URL: databaseUrl, PGOPTIONS: `-c search_path=${db.schema}` },
      timeout: 20_000,
    });
    const said = Array.from(
      blocks[index]!.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm),
      ([, output]) => `${output}\n`,
    );
    assert.equal(stdout, said.join(""));
  }

  function rowsOf(sql: string): Promise<object[]> {
    return db.rows(sql.replaceAll("$s", db.schema));
  }

  it("begins with code that works", async () => {
    await runBlock("Copier.connect(people");
    assert.deepEqual(
      await rowsOf("SELECT id::int, name, seen_at::text FROM $s.people ORDER BY 1"),
      [
        { id: 1, name: "Ada Lovelace", seen_at: "2026-01-02 00:00:00+00" },
        { id: 2, name: "Grace", seen_at: "2026-01-01 00:00:00+00" },
      ],
    );
  });

  it("says what a multi-row INSERT with a duplicate is rejected with", async () => {
    await assert.rejects(
      db.pool.query(
        `INSERT INTO ${db.schema}.people VALUES (9, 'a', now()), (9, 'b', now())
         ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
      ),
      { code: "21000" },
    );
  });

  it("says that an index on an expression is found by its columns", async () => {
    await runBlock('"accounts"');
    assert.deepEqual(await rowsOf("SELECT email, name FROM $s.accounts"), [
      { email: "ada@example.com", name: "Ada Lovelace" },
    ]);
  });

  it("has a recipe by which the last version wins", async () => {
    await runBlock("Copier.connect(devices");
    assert.deepEqual(await rowsOf("SELECT version::int, state FROM $s.devices"), [
      { version: 2, state: { on: true } },
    ]);
  });

  it("has a recipe for counters", async () => {
    await runBlock('"pages"');
    assert.deepEqual(await rowsOf("SELECT url, hits::int FROM $s.pages ORDER BY 1"), [
      { url: "/", hits: 4 },
      { url: "/about", hits: 1 },
    ]);
  });

  it("has a recipe for events that come twice", async () => {
    await runBlock("Copier.connect(events");
    assert.deepEqual(await rowsOf("SELECT kind FROM $s.events"), [{ kind: "login" }]);
  });

  it("has a recipe for the history of a value, by a trigger", async () => {
    await runBlock('"prices"');
    assert.deepEqual(
      await rowsOf(
        "SELECT price, valid_from::date::text AS f, valid_to::date::text AS t FROM $s.price_history ORDER BY 2",
      ),
      [
        { price: "9.99", f: "2026-01-01", t: "2026-01-03" },
        { price: "10.49", f: "2026-01-03", t: "2026-01-04" },
      ],
    );
    assert.deepEqual(await rowsOf("SELECT price FROM $s.prices"), [{ price: "8.99" }]);
  });

  it("has a recipe for the history of a value, by a view", async () => {
    await runBlock('"price_versions"');
    assert.deepEqual(
      await rowsOf("SELECT price, valid_to::date::text AS t FROM $s.price_periods ORDER BY 2"),
      [
        { price: "9.99", t: "2026-01-03" },
        { price: "10.49", t: null },
      ],
    );
  });

  it("has a recipe for rows that are to be deleted", async () => {
    await runBlock('"items"');
    const [left] = await rowsOf("SELECT count(*)::int, min(id)::int AS id FROM $s.items");
    assert.deepEqual(left, { count: 1, id: 2 });
    assert.deepEqual(await rowsOf("SELECT name FROM $s.current_items"), [{ name: "a table" }]);
  });

  it("has an upsert of Drizzle, of Kysely and of a copier that do the same", async () => {
    await runBlock("kyselySql");
    assert.deepEqual(
      await rowsOf("SELECT visitor, hits, updated_at IS NOT NULL AS updated FROM $s.visits"),
      [{ visitor: "ada", hits: 3, updated: true }],
    );
  });

  it("has a condition that saves updates which change nothing", async () => {
    const page = await readDocument(PAGE);
    const [, where] = /`where: "(\(people\.\*\)[^"]*)"`/.exec(page)!;
    await using copier = await Copier.connect(`${db.schema}.people`, {
      databaseUrl,
      onConflict: { update: "all", where },
    });
    const row = { id: 7, name: "Same", seen_at: new Date(0) };
    await copier.sendMany([row, row, { ...row, name: "Other" }]);
    await copier.flush();
    const { rowsCommitted, rowsUpdated, rowsIgnored } = copier.stats;
    assert.deepEqual([rowsCommitted, rowsUpdated, rowsIgnored], [2, 1, 1]);
  });

  it("says which tables are written in which form", async () => {
    const lines = await formsOfPage();
    assert.deepEqual(
      lines.map(([description]) => description),
      Object.keys(SHAPES),
    );
    for (const [description, ...expected] of lines) {
      const name = await make(SHAPES[description!]!, role);
      const pool = description === GUARDED ? ownerPool : db.pool;
      const forms = [
        await formOf(name, { columns: ["id"], update: "all" }, pool),
        await formOf(name, { columns: ["id"], update: "nothing" }, pool),
      ];
      assert.deepEqual(
        forms,
        expected.map((cell) => cell.replaceAll(/[`"]/g, "")),
        description,
      );
    }
  });

  it("says in which form options are written", async () => {
    const name = await make("CREATE TABLE $t (id int PRIMARY KEY, a int)");
    assert.equal(await formOf(name, undefined), "copy");
    assert.equal(await formOf(name, { update: "all", where: "true" }), "loop");
    assert.equal(await formOf(name, { update: { a: "excluded.a" } }), "loop");
    assert.equal(await formOf(name, { update: ["a"] }), "merge without duplicates");
    assert.equal(await formOf(name, { update: ["a", "id"] }), "merge");
    await using copier = await Copier.connect(name, {
      databaseUrl,
      onConflict: { update: ["a", "id"] },
    });
    assert.equal(copier.write, "merge");
  });

  it("says which types are written in the faster form, also with duplicates", async () => {
    for (const [slow, fast] of FASTER) {
      const slowTable = await make(`CREATE TABLE $t (${slow})`);
      const fastTable = await make(`CREATE TABLE $t (${fast})`);
      assert.equal(await formOf(slowTable, { update: "all" }), "merge without duplicates", slow);
      assert.equal(await formOf(fastTable, { update: "all" }), "merge", fast);
    }
    const indexed = await make(
      "CREATE TABLE $t (id int PRIMARY KEY, a varchar(400)); CREATE INDEX ON $t (a)",
    );
    assert.equal(await formOf(indexed, { update: "all" }), "merge");
  });

  it("says what row-level security, rules and views are written by", async () => {
    const guarded = await make(SHAPES["row-level security that is active for the role"]!, role);
    assert.equal(await formOf(guarded, undefined, ownerPool), "stage");
    await db.pool.query(`CREATE POLICY even ON ${guarded} WITH CHECK (id % 2 = 0)`);
    await using copier = await Copier.connect<{ id: number }>(guarded, {
      databaseUrl: ownerUrl.href,
    });
    const inserts = [1, 2].map((id) => copier.insert({ id }));
    await assert.rejects(inserts[0]!, { code: "ROW_REJECTED", sqlState: "42501" });
    await inserts[1];
    const ruled = await make(
      "CREATE TABLE $t (id int); CREATE RULE r AS ON INSERT TO $t DO ALSO NOTHING",
    );
    assert.equal(await formOf(ruled, undefined), "stage");
    await assert.rejects(formOf(ruled, { columns: ["id"], update: "nothing" }), /with rules/);
    const view = await make(
      "CREATE VIEW $t AS SELECT 1 AS id; CREATE TRIGGER t INSTEAD OF INSERT ON $t FOR EACH ROW EXECUTE FUNCTION nothing()",
    );
    assert.equal(await formOf(view, undefined), "copy");
    await assert.rejects(formOf(view, { columns: ["id"], update: "nothing" }), /it is a view/);
  });
});
