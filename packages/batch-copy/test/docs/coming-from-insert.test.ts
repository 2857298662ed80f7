import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";

import { Pool } from "pg";

import { Copier, EncodeError } from "../../dist/index.js";
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
