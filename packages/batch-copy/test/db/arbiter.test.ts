import assert from "node:assert/strict";
import { before, describe, it } from "node:test";

import { integer, pgSchema, timestamp } from "drizzle-orm/pg-core";

import { fromDrizzle } from "../../dist/drizzle.js";
import {
  int4,
  table,
  text,
  type BatchCopyError,
  type ConflictOptions,
  type SchemaMismatchError,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { findWithPlan } from "../helpers/find-plan.js";

const db = useDatabase();
const { schema } = db;
const name = `${schema}.people`;

type Conflict = ConflictOptions<Record<string, unknown>>;

/** The clause for rows that conflict, without the name of the schema. */
async function clauseOf(onConflict: Conflict, of = name): Promise<string> {
  const { plan } = await findWithPlan(db.pool, of, { onConflict });
  return plan.conflictClause.replaceAll(schema, "app");
}

async function refusal(onConflict: Conflict, of = name): Promise<SchemaMismatchError> {
  const error = await findWithPlan(db.pool, of, { onConflict }).then(
    ({ plan }) => assert.fail(plan.conflictClause),
    (thrown: SchemaMismatchError) => thrown,
  );
  assert.equal(error.code, "SCHEMA_MISMATCH", String(error));
  return error;
}

async function invalid(onConflict: Conflict, of = name): Promise<Error> {
  const error = await findWithPlan(db.pool, of, { onConflict }).then(
    ({ plan }) => assert.fail(plan.conflictClause),
    (thrown: BatchCopyError) => thrown,
  );
  assert.equal(error.code, "INVALID_OPTION", String(error));
  return error;
}

describe("the arbiter of onConflict", () => {
  before(async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE FUNCTION bare(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT trim($1)';
      CREATE TABLE people (id serial PRIMARY KEY, email text, org int4, "nick name" text, tag text,
        code text, gone_at timestamptz, updated_at timestamptz);
      CREATE UNIQUE INDEX by_email ON people (lower(email));
      CREATE UNIQUE INDEX by_nick ON people ("nick name") WHERE gone_at IS NULL;
      CREATE UNIQUE INDEX by_org ON people (org, bare(email || ' x'), tag) WHERE tag <> '''';
      CREATE UNIQUE INDEX tag_a ON people (tag) WHERE org = 1;
      CREATE UNIQUE INDEX tag_b ON people (tag) WHERE org = 2;
      ALTER TABLE people ADD CONSTRAINT late UNIQUE (code) DEFERRABLE;
      CREATE TABLE bare_table (id int4, b int4);
      RESET search_path`);
  });

  it("is the primary key by default", async () => {
    assert.equal(await clauseOf({ update: "nothing" }), 'ON CONFLICT ("id") DO NOTHING');
    const { message } = await refusal({ update: "nothing" }, `${schema}.bare_table`);
    assert.match(
      message,
      /onConflict cannot be used: the table has no primary key; it has no unique/,
    );
  });

  it("must be the primary key that rows have", async () => {
    const onConflict = { update: "all" } as const;
    const find = findWithPlan(db.pool, name, { onConflict, columns: ["email"] });
    await assert.rejects(
      find,
      /rows do not have column "id" of the primary key; its unique indexes are/,
    );
  });

  it("may be an index on an expression, or a partial one, whose SQL is written as the server prints it", async () => {
    assert.equal(
      await clauseOf({ columns: ["email"], update: "nothing" }),
      "ON CONFLICT (lower(email)) DO NOTHING",
    );
    assert.equal(
      await clauseOf({ columns: ["nick name"], update: ["email"] }),
      'ON CONFLICT ("nick name") WHERE ((gone_at IS NULL)) DO UPDATE SET "email" = excluded."email"',
    );
    assert.equal(
      await clauseOf({ columns: ["tag", "email", "org"], update: "nothing" }),
      "ON CONFLICT (org, app.bare((email || ' x'::text)), tag) WHERE ((tag <> ''''::text)) DO NOTHING",
    );
  });

  it("is chosen by its predicate among several partial ones", async () => {
    const { differences } = await refusal({ columns: ["tag"], update: "nothing" });
    assert.match(
      differences[0]!,
      /several unique indexes that are partial or on an expression are on/,
    );
    assert.match(
      differences[0]!,
      /"tag_a" \(partial, onConflict.columns: \["tag"\], onConflict.predi/,
    );
    assert.equal(
      await clauseOf({ columns: ["tag"], predicate: "org = 2", update: "nothing" }),
      'ON CONFLICT ("tag") WHERE (org = 2) DO NOTHING',
    );
    const { message } = await refusal({
      columns: ["tag"],
      predicate: "org = 3",
      update: "nothing",
    });
    assert.match(
      message,
      /no unique index on these columns fits onConflict\.predicate; its unique indexes are "by_em/,
    );
  });

  it("is missed with a list of the unique indexes and the DDL that makes one", async () => {
    const error = await refusal({ columns: ["org", "id"], update: "nothing" });
    assert.equal(error.ddl, `CREATE UNIQUE INDEX ON "${schema}"."people" ("org", "id");`);
    assert.match(error.message, /no unique index is on the columns \("org", "id"\); its unique/);
    for (const part of [
      '"by_email" (on an expression, onConflict.columns: ["email"])',
      '"people_pkey" (onConflict.columns: ["id"])',
      '"late" (DEFERRABLE, which ON CONFLICT does not support, onConflict.columns: ["code"])',
    ]) {
      assert.ok(error.message.includes(part), error.message);
    }
  });

  it("must not be deferrable", async () => {
    const { message } = await refusal({ columns: ["code"], update: "nothing" });
    assert.match(
      message,
      /the constraint "late" is DEFERRABLE, which ON CONFLICT does not support/,
    );
  });

  it("must not be WITHOUT OVERLAPS", async (test) => {
    const [{ version }] = (await db.rows(
      "SELECT current_setting('server_version_num')::int4 AS version",
    )) as [{ version: number }];
    if (version < 180_000) {
      return test.skip("there is no WITHOUT OVERLAPS before PostgreSQL 18");
    }
    await db.pool.query(`CREATE TABLE ${schema}.periods
      (id int4range, at int4range, CONSTRAINT apart PRIMARY KEY (id, at WITHOUT OVERLAPS))`);
    for (const columns of [undefined, ["at", "id"]]) {
      const error = await refusal({ columns, update: "nothing" }, `${schema}.periods`);
      assert.match(
        error.message,
        /"apart" is WITHOUT OVERLAPS, which ON CONFLICT does not support/,
      );
      assert.equal(error.ddl, "");
    }
  });

  it("must be valid", async () => {
    await db.pool.query(
      `CREATE TABLE ${schema}.twice (n int4); INSERT INTO ${schema}.twice VALUES (1), (1)`,
    );
    await assert.rejects(
      db.pool.query(`CREATE UNIQUE INDEX CONCURRENTLY failed ON ${schema}.twice (n)`),
    );
    const { message } = await refusal({ columns: ["n"], update: "nothing" }, `${schema}.twice`);
    assert.match(message, /no unique index is on the columns \("n"\); it has no unique index/);
  });

  it("is not to be had for views, foreign tables and tables with rules", async () => {
    await db.pool.query(`SET search_path = ${schema};
      CREATE TABLE ruled (id int4 PRIMARY KEY); CREATE TABLE seen (id int4 PRIMARY KEY);
      CREATE RULE noted AS ON UPDATE TO ruled DO ALSO NOTHING;
      CREATE VIEW facade AS SELECT id FROM ruled;
      CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TRIGGER t INSTEAD OF INSERT ON facade FOR EACH ROW EXECUTE FUNCTION skip();
      RESET search_path`);
    const update = { update: "nothing" } as const;
    const ruled = await refusal(update, `${schema}.ruled`);
    assert.match(
      ruled.message,
      /PostgreSQL does not support it on a table with rules, such as "noted"/,
    );
    const view = await refusal(update, `${schema}.facade`);
    assert.match(
      view.message,
      /onConflict cannot be used: it is a view, which has no unique indexes/,
    );
  });
});

describe("the columns of onConflict", () => {
  it("are keys of the rows", async () => {
    const unknown = await invalid({ columns: ["emai"], update: "all" });
    assert.equal(
      unknown.message,
      'onConflict.columns has "emai", which is not a key of the rows. Did you mean "email"?',
    );
    const update = await invalid({ update: ["updated_att"] });
    assert.match(
      update.message,
      /^onConflict\.update has "updated_att", which is not a key of the/,
    );
  });

  it("are named by the rule of names, also those that rows do not have", async () => {
    const found = await findWithPlan(db.pool, name, {
      columns: ["id", "goneAt"],
      names: "snake_case",
      onConflict: { update: { goneAt: "NULL", updatedAt: "now()", org: "DEFAULT" } },
    });
    assert.equal(
      found.plan.conflictClause,
      'ON CONFLICT ("id") DO UPDATE SET "gone_at" = (NULL), "updated_at" = (now()), "org" = (DEFAULT)',
    );
    const bySql = await findWithPlan(db.pool, name, {
      columns: ["id"],
      names: "snake_case",
      onConflict: { update: { updated_at: "now()" } },
    });
    assert.match(bySql.plan.conflictClause, /SET "updated_at" = \(now\(\)\)$/);
  });

  it("are named by the rule of a definition, and by a Drizzle table's own names", async () => {
    const update = { updatedAt: "now()" };
    const options = { onConflict: { update } } as const;
    const columns = { id: int4, email: text.nullable() };
    const defined = table("people", columns, { schema, names: "snake_case" });
    const drizzle = pgSchema(schema).table("people", {
      id: integer().primaryKey(),
      updatedAt: timestamp("updated_at").defaultNow(),
    });
    for (const definition of [defined, fromDrizzle(drizzle, { omit: ["updatedAt"] })]) {
      const { plan } = await findWithPlan(db.pool, definition, options);
      assert.equal(plan.conflictClause, 'ON CONFLICT ("id") DO UPDATE SET "updated_at" = (now())');
    }
    const unruled = findWithPlan(db.pool, table("people", columns, { schema }), options);
    await assert.rejects(unruled, /has "updatedAt", which is not a column of the table/);
  });

  it("are columns of the table, each set once", async () => {
    const missing = await invalid({ update: { update_at: "now()" } });
    assert.match(
      missing.message,
      /"update_at", which is not a column of the table\. Did you mean "up/,
    );
    const twice = findWithPlan(db.pool, name, {
      columns: ["id"],
      names: "snake_case",
      onConflict: { update: { updated_at: "now()", updatedAt: "now()" } },
    });
    await assert.rejects(twice, /onConflict.update sets column "updated_at" twice/);
  });

  it("belong to the statement of a single row too", async () => {
    const onConflict = { update: { email: "people.email || excluded.email" } };
    const { insertStatement } = await findWithPlan(db.pool, name, { onConflict });
    assert.match(insertStatement, /VALUES \(.*\$8\) ON CONFLICT \("id"\) DO UPDATE SET "email" = /);
  });
});

describe("the SQL of onConflict", () => {
  it("is judged by the server", async () => {
    for (const [onConflict, message] of [
      [{ update: { email: "nonsense(" } }, /syntax error/],
      [{ update: { email: "people.hits + 1" } }, /column people.hits does not exist/],
      [{ update: { email: "1; DROP TABLE people" } }, /syntax error at or near ";"/],
      [{ update: { id: "'a'::text" } }, /is of type integer but expression is of type text/],
      [{ update: "all", where: "people.id" }, /must be type boolean/],
      [{ update: "all", where: "email = 'a'" }, /"email" is ambiguous/],
      [{ update: "all", predicate: "no_column" }, /"no_column" does not exist/],
    ] as const) {
      const error = await invalid(onConflict);
      assert.match(
        error.message,
        /^the server does not accept onConflict for table ".*"\."people": /,
      );
      assert.match(error.message, message);
      assert.match((error.cause as { code: string }).code, /^42/);
    }
  });

  it("is not judged while the table is locked, and is not waited for long where an index has to be read", async () => {
    const client = await db.pool.connect();
    try {
      await client.query(`BEGIN; LOCK TABLE ${name}`);
      const start = Date.now();
      assert.match(await clauseOf({ update: { email: "nonsense" } }), /SET "email" = \(nonsense\)/);
      assert.match(await clauseOf({ update: "all" }), /DO UPDATE/);
      assert.ok(Date.now() - start < 1500, `${Date.now() - start} ms`);
      const options = { onConflict: { columns: ["email"], update: "nothing" } } as const;
      await assert.rejects(findWithPlan(db.pool, name, options), {
        code: "CONNECT_FAILED",
        message: `table "${schema}"."people" is locked: the condition or expression of its index "by_email" cannot be read until the lock is released`,
      });
    } finally {
      await client.query("ROLLBACK");
      client.release();
    }
    const { rows } = await db.pool.query("SHOW lock_timeout");
    assert.deepEqual(rows, [{ lock_timeout: "0" }]);
  });
});

/** Numbers from 0 to 1 that are the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const COLUMNS = ["a", "b", "c"];
const EXPRESSIONS = ["lower(a)", "(b || c)", "upper((a || b))", '(a COLLATE "C")'];
const PREDICATES = ["a IS NOT NULL", "b = 'x'", "c <> 'y' AND a > 'z'"];

/** The DDL of random unique indexes of `table`. */
function randomIndexes(random: () => number, of: string): string[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const some = (): string[] => COLUMNS.filter(() => random() < 0.45);
  return Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
    const styles = ["", "", " text_pattern_ops", ' COLLATE "C"'];
    const keys = some().map((column) => column + pick(styles));
    if (random() < 0.3 || keys.length === 0) {
      keys.push(random() < 0.6 ? pick(EXPRESSIONS) : pick(COLUMNS));
    }
    const distinct = [...new Map(keys.map((key) => [key.split(" ")[0], key])).values()];
    if (random() < 0.15 && distinct.every((key) => COLUMNS.includes(key))) {
      return `ALTER TABLE ${of} ADD UNIQUE (${distinct.join(", ")}) DEFERRABLE`;
    }
    const where = random() < 0.3 ? ` WHERE ${pick(PREDICATES)}` : "";
    return `CREATE ${random() < 0.9 ? "UNIQUE " : ""}INDEX ON ${of} (${distinct.join(", ")})${where}`;
  });
}

/** The SQLSTATE that the server has for a row of the clause, or "". */
async function answerOf(clause: string, of: string): Promise<string> {
  const client = await db.pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(`INSERT INTO ${of} VALUES ('a', 'b', 'c') ${clause}`);
    return "";
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}

describe("for random indexes and columns", () => {
  it("the arbiter is what the server infers", async () => {
    const random = seeded(12);
    const seen = { same: 0, completed: 0, refused: 0 };
    for (let n = 0; n < 60; n++) {
      const of = `${schema}.random_${n}`;
      await db.pool.query(`CREATE TABLE ${of} (a text, b text, c text)`);
      for (const ddl of randomIndexes(random, of)) {
        await db.pool.query(ddl);
      }
      for (let set = 1; set < 8; set++) {
        const columns = COLUMNS.filter((_, index) => (set & (1 << index)) !== 0);
        const plain = `ON CONFLICT (${columns.map((column) => `"${column}"`).join(", ")}) DO NOTHING`;
        const server = await answerOf(plain, of);
        const found = await findWithPlan(db.pool, of, {
          onConflict: { columns, update: "nothing" },
        }).then(
          ({ plan }) => plan.conflictClause,
          (error: SchemaMismatchError) => (assert.equal(error.code, "SCHEMA_MISMATCH"), undefined),
        );
        if (found === undefined) {
          // 42P10: no index matches; 55000: a deferrable one does.
          assert.match(server, /^(?:42P10|55000)$/, `${of} ${plain}`);
          seen.refused++;
        } else if (server === "") {
          assert.equal(found, plain, of);
          seen.same++;
        } else {
          assert.equal(server, "42P10", `${of} ${found}`);
          assert.equal(await answerOf(found, of), "", `${of} ${found}`);
          seen.completed++;
        }
      }
    }
    assert.ok(Math.min(...Object.values(seen)) > 15, JSON.stringify(seen));
  });
});
