import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { Pool } from "pg";

import { int4, table } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { findWithPlan, type PlanOptions } from "../helpers/find-plan.js";

const db = useDatabase();
const { schema } = db;

let tables = 0;

/** Makes a table of these columns and then runs the SQL, in which `$t` is the table. */
async function make(columns: string, sql = ""): Promise<string> {
  const name = `${schema}.shaped_${tables++}`;
  await db.pool.query(
    `SET search_path = ${schema}; CREATE TABLE ${name} (${columns}); ${sql.replaceAll("$t", name)};
     RESET search_path`,
  );
  return name;
}

/** The form, that of a batch with duplicates if it differs, and the reasons. */
async function formOf(name: string, options: PlanOptions): Promise<string> {
  const { plan } = await findWithPlan(db.pool, name, options);
  const ofDuplicates = plan.duplicates?.written === "each" ? " or loop" : "";
  return [plan.form + ofDuplicates, ...plan.reasons].join("; ");
}

const ALL = { onConflict: { update: "all" } } as const;
const NOTHING = { onConflict: { update: "nothing" } } as const;

/** Shapes of tables, and the forms of `update: "all"` and `update: "nothing"`. */
const SHAPES: readonly [columns: string, sql: string, all: string, nothing: string][] = [
  ["id int4 PRIMARY KEY, a text", "", "merge", "merge"],
  ["id int4, b uuid, a text, PRIMARY KEY (b, id)", "", "merge", "merge"],
  ["id text PRIMARY KEY, a text", "", "merge", "merge"],
  ["id varchar(20) PRIMARY KEY, a varchar(50)", "CREATE INDEX ON $t (a)", "merge", "merge"],
  ["id numeric(10, 2) PRIMARY KEY", "", "merge", "merge"],
  ["id char(3) PRIMARY KEY", "", "merge", "merge"],
  ["id int4 PRIMARY KEY, n int4", "CREATE INDEX ON $t (n)", "merge", "merge"],
  ["id int4 PRIMARY KEY, n int4", "CREATE UNLOGGED TABLE $t_u (LIKE $t)", "merge", "merge"],
  ["id int4 PRIMARY KEY, n int4", "CREATE TABLE $t_child () INHERITS ($t)", "merge", "merge"],
  [
    "id int4 PRIMARY KEY, n int4",
    "CREATE TABLE $t_ref (id int4 REFERENCES $t ON UPDATE CASCADE)",
    "merge",
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, code int4 CONSTRAINT one UNIQUE",
    "CREATE TABLE $t_ref (code int4 CONSTRAINT to_code REFERENCES $t (code))",
    'loop; the foreign key "to_code" of another table, to a column that is updated',
    "merge",
  ],
  [
    "id numeric PRIMARY KEY",
    "CREATE TABLE $t_ref (id numeric CONSTRAINT following REFERENCES $t ON UPDATE CASCADE)",
    'loop; the foreign key "following" of another table, to a column that is updated',
    "merge",
  ],
  [
    "id numeric PRIMARY KEY",
    "CREATE TABLE $t_ref (id numeric REFERENCES $t)",
    'merge or loop; the key column "id", whose type has equal values that are written differently',
    "merge",
  ],
  [
    "id int4, code int4, PRIMARY KEY (id, code)",
    "CREATE TABLE $t_ref (id int4, code int4, FOREIGN KEY (id, code) REFERENCES $t)",
    "merge",
    "merge",
  ],
  [
    "id padded PRIMARY KEY",
    "",
    'merge or loop; the key column "id", whose type has equal values that are written differently',
    "merge",
  ],
  ["id padded_3 PRIMARY KEY", "", "merge", "merge"],
  [
    "id numeric PRIMARY KEY",
    "",
    'merge or loop; the key column "id", whose type has equal values that are written differently',
    "merge",
  ],
  [
    "id bpchar PRIMARY KEY",
    "",
    'merge or loop; the key column "id", whose type has equal values that are written differently',
    "merge",
  ],
  [
    "id float8 PRIMARY KEY",
    "",
    'merge or loop; the key column "id", whose type has equal values that are written differently',
    "merge",
  ],
  [
    "id text COLLATE loose PRIMARY KEY",
    "",
    'merge or loop; the key column "id", whose type has equal values that are written differently',
    "merge",
  ],
  [
    "id text NOT NULL",
    'CREATE UNIQUE INDEX by_c ON $t (id COLLATE "C"); ALTER TABLE $t ADD PRIMARY KEY (id)',
    'loop; the index "by_c", which compares "id" in another way than its column',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, email int4 UNIQUE",
    "",
    'merge or loop; the unique index "$t_email_key" beside that of onConflict',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4 CONSTRAINT later UNIQUE DEFERRABLE",
    "",
    'loop; the deferrable constraint "later"',
    'loop; the deferrable constraint "later"',
  ],
  [
    "id int4 PRIMARY KEY, at int4range, CONSTRAINT apart EXCLUDE USING gist (at WITH &&)",
    "",
    'merge or loop; the exclusion constraint "apart" beside that of onConflict',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, a text",
    "CREATE INDEX long ON $t (a)",
    'merge or loop; the index "long", for which a value may be too long',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, a text",
    "CREATE INDEX part ON $t (id) WHERE a = 'x'; CREATE INDEX low ON $t (lower(a))",
    'merge or loop; the index "low", which has expressions; the index "part", which is partial',
    "merge",
  ],
  [
    "id int4, a text, CONSTRAINT covering PRIMARY KEY (id) INCLUDE (a)",
    "",
    'merge or loop; the index "covering", for which a value may be too long',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4 CONSTRAINT small CHECK (n < 5)",
    "",
    'merge or loop; the check constraint "small"',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4 CONSTRAINT few CHECK (counted(n) < 5)",
    "",
    'loop; the check constraint "few", which may read the table',
    'loop; the check constraint "few", which may read the table',
  ],
  [
    "id int4 PRIMARY KEY, n int4 CONSTRAINT to_others REFERENCES others",
    "",
    'merge or loop; the foreign key "to_others"',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4 CONSTRAINT to_parent REFERENCES $t",
    "",
    'loop; the foreign key "to_parent" to the table itself',
    'loop; the foreign key "to_parent" to the table itself',
  ],
  [
    "id int4 PRIMARY KEY, n int4, twice int4 GENERATED ALWAYS AS (n * 2) STORED",
    "",
    'merge or loop; the generated column "twice"',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4",
    "CREATE TRIGGER audit AFTER INSERT ON $t FOR EACH ROW EXECUTE FUNCTION nothing()",
    'loop; the trigger "audit"',
    'loop; the trigger "audit"',
  ],
  [
    "id int4 PRIMARY KEY, n int4",
    "CREATE TRIGGER audit BEFORE INSERT ON $t EXECUTE FUNCTION nothing()",
    'loop; the trigger "audit"',
    'loop; the trigger "audit"',
  ],
  [
    "id int4 PRIMARY KEY, n int4",
    "CREATE TRIGGER touched BEFORE UPDATE OF n ON $t FOR EACH ROW EXECUTE FUNCTION nothing()",
    'loop; the trigger "touched"',
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4",
    "CREATE TRIGGER gone BEFORE DELETE ON $t FOR EACH ROW EXECUTE FUNCTION nothing()",
    "merge",
    "merge",
  ],
  [
    "id int4 PRIMARY KEY, n int4",
    `CREATE TRIGGER off BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION nothing();
     ALTER TABLE $t DISABLE TRIGGER off`,
    "merge",
    "merge",
  ],
];

describe("the form of writing", () => {
  before(async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE COLLATION loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE DOMAIN padded AS bpchar; CREATE DOMAIN padded_3 AS varchar(3);
      CREATE TABLE others (id int4 PRIMARY KEY);
      CREATE FUNCTION counted(int4) RETURNS int8 LANGUAGE sql STABLE AS 'SELECT count(*) FROM pg_class';
      CREATE FUNCTION next_number() RETURNS int4 LANGUAGE sql VOLATILE AS 'SELECT 1';
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      RESET search_path`);
  });

  for (const [columns, sql, all, nothing] of SHAPES) {
    it(
      `is decided from the catalog: ${columns} ${sql}`.trim().replaceAll(/\s+/g, " "),
      async () => {
        const name = `${schema}.shaped_${tables}`;
        await make(columns.replaceAll("$t", name), sql);
        const bare = name.split(".")[1]!;
        assert.equal(await formOf(name, ALL), all.replaceAll("$t", bare));
        assert.equal(await formOf(name, NOTHING), nothing.replaceAll("$t", bare));
      },
    );
  }

  it("of a batch with duplicates is a loop if an update does not set all that rows have", async () => {
    const name = await make("id int4 PRIMARY KEY, a text, b text");
    const forms: readonly [PlanOptions["onConflict"], string][] = [
      [{ update: ["id", "a", "b"] }, "merge"],
      [{ update: ["b", "id", "a"] }, "merge"],
      [{ update: ["a", "b"] }, 'merge or loop; onConflict.update leaves out the column "id"'],
      [
        { update: { a: "excluded.a", b: "excluded.b", id: "1" } },
        "loop; onConflict.update has SQL",
      ],
      [{ update: "all", where: "excluded.b > 'a'" }, "loop; onConflict.where"],
    ];
    for (const [onConflict, form] of forms) {
      assert.equal(await formOf(name, { onConflict: onConflict! }), form);
    }
  });

  it("depends on the defaults of the columns that rows do not have", async () => {
    const reads = (called: string): string =>
      `loop; the default of the column "v", which calls ${called}()`;
    const calls = (called: string): string => `merge or ${reads(called)}`;
    const defaults: readonly [column: string, all: string, nothing: string][] = [
      ["v int4 DEFAULT 5", "merge", "merge"],
      ["v timestamptz DEFAULT now()", "merge", "merge"],
      ["v date DEFAULT CURRENT_DATE", "merge", "merge"],
      ["v timestamptz DEFAULT clock_timestamp()", calls("clock_timestamp"), "merge"],
      ["v float8 DEFAULT 1 + random() * 5", calls("random"), "merge"],
      ["v serial", calls("nextval"), "merge"],
      ["v numbered", calls("nextval"), "merge"],
      [
        "v int4 GENERATED BY DEFAULT AS IDENTITY",
        'merge or loop; the identity column "v", which rows do not have',
        "merge",
      ],
      [
        "v int4 GENERATED ALWAYS AS IDENTITY",
        'merge or loop; the identity column "v", which rows do not have',
        "merge",
      ],
      ["v int4 DEFAULT next_number()", reads("next_number"), reads("next_number")],
      ["v int8 DEFAULT counted(1)", reads("counted"), reads("counted")],
    ];
    await db.pool.query(`CREATE SEQUENCE ${schema}.counter;
      CREATE DOMAIN ${schema}.numbered AS int8 DEFAULT nextval('${schema}.counter')`);
    for (const [column, all, nothing] of defaults) {
      const name = await make(`id int4 PRIMARY KEY, ${column}`);
      const columns = ["id"];
      assert.equal(await formOf(name, { ...ALL, columns }), all, column);
      assert.equal(await formOf(name, { ...NOTHING, columns }), nothing, column);
      if (!column.includes("ALWAYS")) {
        assert.equal(await formOf(name, { ...ALL, columns: ["id", "v"] }), "merge", column);
      }
    }
  });

  it("is a loop for partitioned tables", async () => {
    const name = `${schema}.parted`;
    await db.pool.query(`CREATE TABLE ${name} (id int4 PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE ${name}_low PARTITION OF ${name} FOR VALUES FROM (0) TO (10)`);
    for (const options of [ALL, NOTHING]) {
      assert.equal(await formOf(name, options), "loop; the table is partitioned");
    }
    assert.equal(await formOf(`${name}_low`, ALL), "merge or loop; the table is a partition");
    assert.equal(await formOf(`${name}_low`, NOTHING), "merge");
  });

  it("is COPY, or a stage where COPY would ignore rules", async () => {
    const name = await make("id int4 PRIMARY KEY");
    assert.equal(await formOf(name, {}), "copy");
    await db.pool.query(`CREATE RULE watched AS ON UPDATE TO ${name} DO ALSO NOTHING`);
    assert.equal(await formOf(name, {}), "copy");
    await db.pool.query(`CREATE RULE diverted AS ON INSERT TO ${name} WHERE false DO ALSO NOTHING`);
    assert.equal(await formOf(name, {}), 'stage; the rule "diverted"');
    const definition = table(name.split(".")[1]!, { id: int4 }, { schema });
    assert.equal((await findWithPlan(db.pool, definition)).plan.form, "stage");
    await db.pool.query(`ALTER TABLE ${name} DISABLE RULE diverted`);
    assert.equal(await formOf(name, {}), "copy");
  });

  it("has a stage of the columns' own types and collations, whatever the search_path is", async () => {
    await db.pool.query(`SET search_path = ${schema}; CREATE TYPE mood AS ENUM ('sad', 'ok');
      CREATE DOMAIN "Odd Name" AS varchar(7) COLLATE "C"; CREATE DOMAIN text AS int4;
      RESET search_path`);
    const name = await make(`id int4 PRIMARY KEY, a varchar(5), b numeric(10, 2)[], c mood[],
      d "Odd Name", e "char", f char(3), g timestamptz(3), h interval day to second(2),
      i pg_catalog.text COLLATE loose, j "${schema}"."text", k bit varying(9), l "Odd Name" COLLATE "POSIX"`);
    const pool = new Pool({
      connectionString: databaseUrl,
      options: `-c search_path=${schema},pg_catalog`,
    });
    const { plan } = await findWithPlan(pool, name, NOTHING);
    await pool.end();
    const columns = plan.stageColumns.map(
      (column) =>
        `"${column.name}" ${column.sql}${column.collation === undefined ? "" : ` COLLATE ${column.collation}`}`,
    );
    await db.pool.query(`CREATE TABLE ${schema}.copied (${columns.join(", ")})`);
    const typesOf = (table_: string): Promise<object[]> =>
      db.rows(
        `SELECT attname, atttypid, atttypmod, attcollation FROM pg_attribute
         WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
        [table_],
      );
    assert.deepEqual(await typesOf(`${schema}.copied`), await typesOf(name));
  });

  it("lets one statement sort the rows by their key unless their order matters", async () => {
    const sortedBy = async (columns: string, more = ""): Promise<readonly string[]> => {
      const onConflict = { columns: ["id"], update: "nothing" } as const;
      const name = await make(columns, more);
      return (await findWithPlan(db.pool, name, { onConflict, columns: ["id"] })).plan.sortedBy;
    };
    assert.deepEqual(await sortedBy("id int4 PRIMARY KEY, n int4 DEFAULT 5"), ["id"]);
    assert.deepEqual(await sortedBy("id int4 PRIMARY KEY, n serial"), []);
    assert.deepEqual(
      await sortedBy("id int4 PRIMARY KEY, n int4 GENERATED ALWAYS AS IDENTITY"),
      [],
    );
    assert.deepEqual(await sortedBy("id int4 PRIMARY KEY, n int4 UNIQUE"), []);
    const loose = "CREATE UNIQUE INDEX loosely ON $t (id COLLATE loose)";
    assert.deepEqual(await sortedBy("id text", loose), [], "equal keys would be sorted, too");
  });

  it("has the key that tells rows apart only where the last row of each is merged", async () => {
    const name = await make("id int4, a text, UNIQUE (a, id)");
    const onConflict = { columns: ["id", "a"], update: "all" } as const;
    const { plan } = await findWithPlan(db.pool, name, { onConflict });
    assert.deepEqual(plan.duplicates?.key, {
      keys: [
        { name: "a", isNullable: true },
        { name: "id", isNullable: true },
      ],
      areNullsDistinct: true,
    });
    assert.equal(plan.onConflict, "update");
    const ignored = await findWithPlan(db.pool, name, {
      onConflict: { ...onConflict, update: "nothing" },
    });
    assert.deepEqual([ignored.plan.onConflict, ignored.plan.duplicates], ["nothing", undefined]);
    const [{ version }] = (await db.rows(
      "SELECT current_setting('server_version_num')::int4 AS version",
    )) as [{ version: number }];
    if (version >= 150_000) {
      const distinct = await make("id int4, UNIQUE NULLS NOT DISTINCT (id)");
      const found = await findWithPlan(db.pool, distinct, {
        onConflict: { columns: ["id"], update: "all" },
      });
      assert.equal(found.plan.duplicates?.key.areNullsDistinct, false);
    }
  });
});
