import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";

import { DatabaseError, Pool } from "pg";

import { Copier, EncodeError, RowRejectedError } from "../../dist/index.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks, readDocument } from "../helpers/documents.js";

const PAGE = "docs/coming-from-insert.md";
const workFolder = fileURLToPath(new URL("../../dist-test/documented", import.meta.url));

/** A line of the page's tables. */
interface Line {
  /** The SQL type of the column. */
  readonly type: string;
  /** JavaScript. */
  readonly value: string;
  /** The text that is stored, or `error 22P02`. */
  readonly byInsert: string;
  /** The text that is stored, or `EncodeError`. */
  readonly byCopier: string;
  /** JavaScript for what to pass instead; may use `value`. */
  readonly instead: string | undefined;
}

/** The lines of all tables with a column for what to pass instead. */
async function linesOfPage(): Promise<Line[]> {
  const page = await readDocument(PAGE);
  const tables = page.matchAll(
    /^\| column .* to store what INSERT stored .*\n\|[- |]+\n((?:\|.*\n)+)/gm,
  );
  return Array.from(tables, ([, body]) => body!.trimEnd().split("\n"))
    .flat()
    .map((line) => {
      const [type, value, byInsert, byCopier, instead] = line.split(" | ").map(contentOf);
      return { type: type!, value: value!, byInsert: byInsert!, byCopier: byCopier!, instead };
    });
}

/** A cell without its code marks: "`a`" is a, "error `22P02`" is error 22P02. */
function contentOf(cell: string): string | undefined {
  return (
    cell
      .replaceAll(/^\| | ?\|$/g, "")
      .replaceAll("`", "")
      .trim() || undefined
  );
}

describe("Coming from INSERT", () => {
  const db = useDatabase();
  let localClock: (date: Date, precision?: "day") => Date;

  before(async () => {
    const folder = join(workFolder, "coming-from-insert");
    const blocks = await codeBlocks(PAGE, "ts");
    await compile(folder, blocks);
    const index = blocks.findIndex((code) => code.includes("function localClock"));
    ({ localClock } = await import(pathToFileURL(join(folder, `${index}.js`)).href));
  });

  function evaluate(code: string, value?: unknown): unknown {
    return runInThisContext(`(value, localClock) => (${code})`)(value, localClock);
  }

  it("says what INSERT and insert() store, in a time zone other than UTC", async () => {
    const url = new URL(databaseUrl);
    url.searchParams.set("options", `-c search_path=${db.schema} -c TimeZone=UTC`);
    const pool = new Pool({ connectionString: url.href, max: 1 });
    const zone = process.env["TZ"];
    process.env["TZ"] = "America/New_York";
    try {
      const lines = await linesOfPage();
      assert.ok(lines.length >= 50, `${lines.length} lines`);
      const wrong: unknown[] = [];
      for (const line of lines) {
        const found = await store(pool, line);
        const { byInsert, byCopier } = line;
        const expected = { byInsert, byCopier, ...(line.instead && { byInstead: byInsert }) };
        if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push({ ...line, found });
      }
      assert.deepEqual(wrong, []);
    } finally {
      if (zone === undefined) delete process.env["TZ"];
      else process.env["TZ"] = zone;
      await pool.end();
    }
  });

  it("says that errors of constraints have the same fields", async () => {
    await db.pool.query(`CREATE TABLE ${db.schema}.people (id int PRIMARY KEY)`);
    await db.pool.query(`INSERT INTO ${db.schema}.people VALUES (1)`);
    const insert = db.pool.query(`INSERT INTO ${db.schema}.people VALUES (1)`);
    const byInsert = await insert.then(
      () => assert.fail(),
      (error: DatabaseError) => error,
    );
    await using copier = await Copier.connect(`${db.schema}.people`, { pool: db.pool });
    await assert.rejects(copier.insert({ id: 1 }), (error: unknown) => {
      assert.ok(error instanceof RowRejectedError);
      assert.equal(error.sqlState, byInsert.code);
      for (const field of ["constraint", "detail", "table", "message"] as const) {
        assert.equal(error[field], byInsert[field]);
      }
      assert.ok(error.cause instanceof DatabaseError);
      return true;
    });
  });

  it("says that columns which are not filled get their defaults, and rows of a batch one now()", async () => {
    const name = `${db.schema}.with_defaults`;
    await db.pool.query(
      `CREATE TABLE ${name} (id bigserial, at timestamptz DEFAULT now(), key uuid DEFAULT gen_random_uuid(), v int)`,
    );
    await using copier = await Copier.connect(name, { pool: db.pool, columns: ["v"] });
    await copier.sendMany([{ v: 1 }, { v: null }, {}]);
    await copier.flush();
    const rows = await db.rows(
      `SELECT count(id)::int AS ids, count(DISTINCT at)::int AS times, count(DISTINCT key)::int AS keys, count(v)::int AS vs FROM ${name}`,
    );
    assert.deepEqual(rows, [{ ids: 3, times: 1, keys: 3, vs: 1 }]);
    await assert.rejects(copier.insert({ V: 1 }), EncodeError);
    await assert.rejects(copier.insert({ v: 1, w: undefined }), EncodeError);
  });

  it("says that rules apply, and that a trigger may skip a row", async () => {
    const name = `${db.schema}.ruled`;
    await db.pool.query(`CREATE TABLE ${name} (id int);
      CREATE TABLE ${name}_log (id int);
      CREATE RULE log AS ON INSERT TO ${name} DO ALSO INSERT INTO ${name}_log VALUES (new.id);
      CREATE TABLE ${name}_not (id int);
      CREATE FUNCTION ${db.schema}.skip() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RETURN CASE WHEN new.id = 2 THEN NULL ELSE new END; END $$;
      CREATE TRIGGER skip BEFORE INSERT ON ${name}_not FOR EACH ROW EXECUTE FUNCTION ${db.schema}.skip()`);
    for (const table of [name, `${name}_not`]) {
      await using copier = await Copier.connect(table, { pool: db.pool });
      await Promise.all([copier.insert({ id: 1 }), copier.insert({ id: 2 })]);
      assert.equal(copier.stats.rowsSkipped, table === name ? 0 : 1);
    }
    assert.deepEqual(await db.rows(`SELECT id FROM ${name}_log ORDER BY id`), [
      { id: 1 },
      { id: 2 },
    ]);
    assert.deepEqual(await db.rows(`SELECT id FROM ${name}_not`), [{ id: 1 }]);
  });

  /** What each way of writing leaves in a new table. */
  async function store(pool: Pool, { type, value: code, instead }: Line): Promise<object> {
    await pool.query(`DROP TABLE IF EXISTS compared; CREATE TABLE compared (v ${type})`);
    const stored = async (write: () => Promise<unknown>): Promise<string> => {
      try {
        await write();
      } catch (error) {
        if (error instanceof EncodeError) return "EncodeError";
        return `error ${(error as { code?: string }).code ?? ""}`.trim();
      }
      const { rows } = await pool.query("DELETE FROM compared RETURNING v::text");
      return (rows as { v: string | null }[])[0]?.v ?? "NULL";
    };
    const value = evaluate(code);
    const byInsert = await stored(() => pool.query("INSERT INTO compared VALUES ($1)", [value]));
    await using copier = await Copier.connect("compared", { pool, connections: 1 });
    return {
      byInsert,
      byCopier: await stored(() => copier.insert({ v: value })),
      ...(instead && {
        byInstead: await stored(() => copier.insert({ v: evaluate(instead, value) })),
      }),
    };
  }
});
