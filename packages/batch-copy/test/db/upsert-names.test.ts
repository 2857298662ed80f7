import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Pool } from "pg";

import { Copier, int4, table, text } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { openUpsert, type Row } from "../helpers/upserting.js";

const db = useDatabase();

/** Names of tables and columns that statements, blocks and contexts of errors must not be confused by. */
const NAMES = [
  'a "quoted" one',
  "with.dots",
  "$1 $$ $batch_copy$",
  "line\nbreak -- and comment",
  "semi;colon",
  "back\\slash",
  "it's",
  "batch_copy row",
  "batch_copy position",
  "batch_copy written",
  "batch_copy last",
  "batch_copy ordinal 2",
  "found",
  "new",
  "excluded",
  "sqlstate",
  "x, line 3",
  "PL/pgSQL function inline_code_block line 7 at SQL statement",
  "SELECT",
];

const UPDATES = ["all", "nothing", "some"] as const;

describe("names of tables and columns", () => {
  for (const name of NAMES) {
    it(`may be odd, in each form: ${JSON.stringify(name)}`, async () => {
      for (const update of UPDATES) {
        const definition = table(
          `${name} ${update}`.slice(0, 63),
          { id: int4, [name]: text },
          { schema: db.schema },
        );
        const quoted = `"${name.replaceAll('"', '""')}"`;
        const tableName = `${db.schema}."${`${name} ${update}`.slice(0, 63).replaceAll('"', '""')}"`;
        await db.pool.query(`${definition.ddl} ALTER TABLE ${tableName} ADD PRIMARY KEY (id),
          ADD CHECK (${quoted} <> 'bad')`);
        const refused: unknown[] = [];
        const copier = await Copier.connect(definition, {
          databaseUrl: db.url,
          connections: 1,
          onConflict: { update: update === "some" ? [name] : update },
          onReject: ({ row }) => void refused.push(row["id"]),
        });
        const value = (n: number): string => (n % 10 === 6 ? "bad" : `${n}`);
        await copier.sendMany(
          Array.from({ length: 30 }, (_, n) => ({ id: n % 12, [name]: value(n) })) as never,
        );
        await copier.close();
        const found = await db.rows<Row>(`SELECT * FROM ${tableName} ORDER BY id`);
        const numbers = Array.from({ length: 30 }, (_, n) => n).filter((n) => n % 10 !== 6);
        const expected = Array.from({ length: 12 }, (_, id) => {
          const own = numbers.filter((n) => n % 12 === id);
          return { id, [name]: `${update === "nothing" ? own[0] : own.at(-1)}` };
        });
        assert.deepEqual(found, expected, update);
        assert.deepEqual(refused, [6, 4, 2], update);
      }
    });
  }

  it("may be those of variables of the block that runs the INSERTs", async () => {
    const { copier, found } = await openUpsert(
      db,
      `id int PRIMARY KEY, found int, sqlerrm text, tg_op text, "batch_copy position" int`,
      (t) => ({
        onConflict: {
          update: {
            found: `${t}.found + excluded.found`,
            sqlerrm: "excluded.sqlerrm",
            tg_op: "excluded.tg_op",
            "batch_copy position": `${t}."batch_copy position" + 1`,
          },
          where: "excluded.found > 0",
        },
      }),
    );
    const row = { id: 1, found: 5, sqlerrm: "a", tg_op: "b", "batch_copy position": 0 };
    await copier.sendMany([row, row, row]);
    await copier.close();
    assert.deepEqual(await found(), [{ ...row, found: 15, "batch_copy position": 2 }]);
  });
});

/** Fragments of SQL that are right, however they look; `$t` is the bare name. */
const FRAGMENTS: readonly [sql: string, result: string][] = [
  ["excluded.note -- as it was sent", "new"],
  ["excluded.note --", "new"],
  ["excluded.note /* ; */", "new"],
  ["excluded.note\n  || '!'\n", "new!"],
  ["excluded.note || ';'", "new;"],
  ["excluded.note || $$a'b$$", "newa'b"],
  ["excluded.note || $batch_copy$x$batch_copy$", "newx"],
  ["excluded.note || $batch_copy1$x$batch_copy1$ || $batch_copy$y$batch_copy$", "newxy"],
  ["excluded.note || 'it''s'", "newit's"],
  ["excluded.note || E'\\\\'", "new\\"],
  ["excluded.note || U&'\\0041'", "newA"],
  ["$t.note || '<' || excluded.note", "old<new"],
  ["(SELECT string_agg(x, ',') FROM (VALUES (excluded.note), ('b')) AS v (x))", "new,b"],
  ["CASE WHEN $t.id = 1 THEN upper(excluded.note) ELSE 'else' END", "NEW"],
];

describe("SQL in onConflict", () => {
  for (const [sql, result] of FRAGMENTS) {
    it(`may be ${JSON.stringify(sql)}`, async () => {
      const { copier, found } = await openUpsert(
        db,
        "id int PRIMARY KEY, note text, n int",
        (t) => ({
          onConflict: {
            update: { note: sql.replaceAll("$t", t), n: "excluded.n" },
            where: `${t}.n > 0 -- all`,
          },
        }),
      );
      await copier.sendMany(["old", "new"].map((note, n) => ({ id: 1, note, n: n + 1 })));
      await copier.close();
      const [row] = await found();
      assert.deepEqual(row, { id: 1, note: result, n: 2 });
    });
  }

  it("must be one expression: it cannot end the statement, and connect() says what is wrong", async () => {
    for (const sql of ["excluded.note; DROP TABLE x", "/* open", "'open", "", "$batch_copy$"]) {
      await assert.rejects(
        openUpsert(db, "id int PRIMARY KEY, note text", { onConflict: { update: { note: sql } } }),
        { code: "INVALID_OPTION" },
        sql,
      );
    }
  });
});

/** Settings of a session that change what statements mean, or what a transaction may do. */
const SETTINGS = [
  "standard_conforming_strings=off",
  "backslash_quote=off",
  "quote_all_identifiers=on",
  "array_nulls=off",
  "client_min_messages=error",
  "client_min_messages=debug1",
  "default_transaction_isolation=serializable",
  "default_transaction_isolation=repeatable\\ read",
  "default_transaction_deferrable=on",
  "plpgsql.variable_conflict=error",
  "plpgsql.extra_errors=all",
  "plpgsql.print_strict_params=on",
  "check_function_bodies=off",
  "plan_cache_mode=force_generic_plan",
  "enable_sort=off",
  "search_path=",
  "default_table_access_method=heap",
  "default_tablespace=pg_default",
  "temp_buffers=100",
  "row_security=on",
  "DateStyle=German",
  "session_replication_role=replica",
  "transform_null_equals=on",
  "escape_string_warning=off",
];

describe("a setting", () => {
  for (const setting of SETTINGS) {
    it(`changes nothing of upserts: ${setting}`, async () => {
      for (const isGiven of [false, true]) {
        for (const update of ["all", "nothing", ["note"]] as const) {
          const url = new URL(db.url);
          url.searchParams.set("options", `-c ${setting}`);
          const pool = new Pool({ connectionString: url.href, max: 2 });
          const { copier, found, rejections } = await openUpsert(
            db,
            "id int PRIMARY KEY, note text CHECK (note <> 'bad')",
            () => ({
              ...(isGiven ? { databaseUrl: undefined, pool } : { databaseUrl: url.href }),
              connections: 2,
              maxBatchRows: 5,
              onConflict: { update },
            }),
          );
          const notes = ["a\\b", "bad", "c'd", 'e"f', "bad", "g", "h"];
          await copier.sendMany(notes.map((note, n) => ({ id: n % 3, note })));
          await copier.close();
          await pool.end();
          assert.deepEqual(
            rejections.map(({ row }) => row["id"]),
            [1, 1],
          );
          const expected = update === "nothing" ? ["a\\b", "c'd"] : ["h", "g"];
          assert.deepEqual(
            await found("ORDER BY id"),
            update === "nothing"
              ? expected.map((note, n) => ({ id: 2 * n, note }))
              : [
                  { id: 0, note: "h" },
                  { id: 2, note: "g" },
                ],
          );
        }
      }
    });
  }
});
