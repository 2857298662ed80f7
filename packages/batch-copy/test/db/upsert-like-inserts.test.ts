import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { isDeepStrictEqual } from "node:util";

import type { DatabaseError } from "pg";

import { Copier, type ConflictOptions, type RowRejectedError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { findWithPlan } from "../helpers/find-plan.js";
import type { Row } from "../helpers/upserting.js";

const db = useDatabase();
const { schema } = db;

/** Rows for a table whose constraints or storage make one statement differ from several. */
interface Case {
  /** SQL in which `$t` is the table. */
  readonly setup: string;
  readonly rows: readonly Row[];
  readonly onConflict: ConflictOptions<Row>;
  readonly form: string;
  /** What is compared; by default all rows. */
  readonly select?: string;
}

const CODES = `CREATE TABLE $t (id int PRIMARY KEY, code text UNIQUE);
  CREATE TABLE $t_r (code text REFERENCES $t (code) $on);
  INSERT INTO $t VALUES (1, 'a'), (2, 'c'); INSERT INTO $t_r VALUES ('a')`;
const PART = `CREATE TABLE $t_all (id int PRIMARY KEY, parent int REFERENCES $t_all) PARTITION BY RANGE (id);
  CREATE TABLE $t PARTITION OF $t_all FOR VALUES FROM (0) TO (100)`;
const FAMILY = [
  { id: 1, parent: 2 },
  { id: 2, parent: null },
];
const LETTERS = [
  { id: "A", n: 1 },
  { id: "a", n: 2 },
];
const LONG = "x".repeat(20_000);

const CASES: Readonly<Record<string, Case>> = {
  "that take over a value to which another table refers": {
    setup: CODES.replace("$on", ""),
    rows: [
      { id: 1, code: "b" },
      { id: 2, code: "a" },
    ],
    onConflict: { update: "all" },
    form: "loop",
  },
  "that take over a value to which a deferred foreign key refers": {
    setup: CODES.replace("$on", "DEFERRABLE INITIALLY DEFERRED"),
    rows: [
      { id: 1, code: "b" },
      { id: 3, code: "a" },
    ],
    onConflict: { update: "all" },
    form: "loop",
  },
  "of a partition that refer to later ones through the partitioned table": {
    setup: PART,
    rows: FAMILY,
    onConflict: { update: "all" },
    form: "loop",
  },
  "of such a partition, ignored if they conflict": {
    setup: PART,
    rows: FAMILY,
    onConflict: { update: "nothing" },
    form: "loop",
  },
  "that an index tells apart and their type does not": {
    setup: "CREATE TABLE $t (id $s.loose, n int); CREATE UNIQUE INDEX ON $t (id text_ops)",
    rows: LETTERS,
    onConflict: { columns: ["id"], update: "all" },
    form: "loop",
  },
  "that change the bytes of a key of a domain, to which another table refers": {
    setup: `CREATE TABLE $t (id $s.padded PRIMARY KEY, n int);
      CREATE TABLE $t_r (id $s.padded REFERENCES $t ON UPDATE RESTRICT);
      INSERT INTO $t VALUES ('a', 0); INSERT INTO $t_r VALUES ('a')`,
    rows: [
      { id: "a  ", n: 1 },
      { id: "a", n: 2 },
    ],
    onConflict: { update: "all" },
    form: "merge",
  },
  "of a partition whose triggers are those of the partitioned table": {
    setup: `CREATE TABLE $t_all (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
      CREATE TABLE $t PARTITION OF $t_all FOR VALUES FROM (0) TO (100);
      CREATE FUNCTION $t_count() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN NEW.n := (SELECT count(*) FROM $t); RETURN NEW; END';
      CREATE TRIGGER counted BEFORE INSERT ON $t_all FOR EACH ROW EXECUTE FUNCTION $t_count()`,
    rows: [1, 2, 2, 3].map((id) => ({ id, n: 0 })),
    onConflict: { update: "all" },
    form: "loop",
  },
  "with long values of a column that is not compressed": {
    setup:
      "CREATE TABLE $t (id int PRIMARY KEY, a text); ALTER TABLE $t ALTER a SET STORAGE EXTERNAL",
    rows: [{ id: 1, a: LONG }],
    onConflict: { update: "all" },
    form: "merge",
    select: "SELECT id, pg_column_size(a) FROM $t",
  },
  "with a value that is too long for a row, as it is neither compressed nor out of line": {
    setup: "CREATE TABLE $t (id int PRIMARY KEY, a text); ALTER TABLE $t ALTER a SET STORAGE PLAIN",
    rows: [
      { id: 1, a: LONG },
      { id: 1, a: "short" },
    ],
    onConflict: { update: "all" },
    form: "merge",
  },
  "with a key that is too long for its index, as it is not compressed": {
    setup: "CREATE TABLE $t (id text PRIMARY KEY); ALTER TABLE $t ALTER id SET STORAGE EXTERNAL",
    rows: [{ id: LONG }, { id: "short" }],
    onConflict: { update: "all" },
    form: "merge",
  },
};

/** What became of rows: an SQLSTATE and a constraint, or undefined. */
type Told = readonly (string | undefined)[];

async function insertOneByOne(name: string, { rows, onConflict }: Case): Promise<Told> {
  const { plan } = await findWithPlan(db.pool, name, { onConflict });
  const told: (string | undefined)[] = [];
  for (const row of rows) {
    const keys = Object.keys(row);
    const values = keys.map((_, index) => `$${index + 1}`);
    const sql = `INSERT INTO ${name} (${keys.join()}) VALUES (${values.join()}) ${plan.conflictClause}`;
    told.push(
      await db.pool.query(sql, Object.values(row)).then(
        () => undefined,
        ({ code, constraint }: DatabaseError) => `${code} ${constraint}`,
      ),
    );
  }
  return told;
}

async function upsert(name: string, { rows, onConflict, form }: Case): Promise<Told> {
  const told: (string | undefined)[] = rows.map(() => undefined);
  await using copier = await Copier.connect<Row>(name, {
    databaseUrl: db.url,
    onConflict,
    onReject: ({ row, error }) => {
      const { sqlState, constraint } = error as RowRejectedError;
      told[rows.findIndex((sent) => isDeepStrictEqual(sent, row))] = `${sqlState} ${constraint}`;
    },
  });
  assert.equal(copier.write, form);
  await copier.sendMany(rows);
  await copier.flush();
  return told;
}

describe("upserts end as INSERTs one by one", () => {
  before(async () => {
    await db.pool.query(`CREATE EXTENSION IF NOT EXISTS citext SCHEMA public;
      CREATE DOMAIN ${schema}.loose_0 AS public.citext; CREATE DOMAIN ${schema}.loose AS ${schema}.loose_0;
      CREATE DOMAIN ${schema}.padded AS bpchar`);
  });

  for (const [title, each] of Object.entries(CASES)) {
    it(`for rows ${title}`, async () => {
      const ends = [];
      for (const write of [insertOneByOne, upsert]) {
        const name = `${schema}.alike`;
        const fill = (sql: string): string => sql.replaceAll("$t", name).replaceAll("$s", schema);
        await db.pool.query(`DROP TABLE IF EXISTS ${name}_all, ${name}, ${name}_r CASCADE;
          DROP FUNCTION IF EXISTS ${name}_count; ${fill(each.setup)}`);
        const told = await write(name, each);
        ends.push({
          told,
          rows: await db.rows(fill(each.select ?? "SELECT * FROM $t ORDER BY 1")),
        });
      }
      assert.deepEqual(ends[1], ends[0]);
    });
  }
});
