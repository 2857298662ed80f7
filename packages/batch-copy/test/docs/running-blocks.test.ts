import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { resolveGroupOptions, resolveTableOptions } from "../../dist/group-options.js";
import { snakeCase } from "../../dist/table/snake-case.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks, readDocument } from "../helpers/documents.js";

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the package, so that `batch-copy` resolves as it does for users. */
const workFolder = join(packageFolder, "dist-test", "documented", "blocks");

const db = useDatabase();

/** Compiles and runs the block of a page that has this text, as a program. */
async function runBlock(page: string, text: string): Promise<void> {
  const blocks = await codeBlocks(page, "ts");
  const code = blocks.find((block) => block.includes(text));
  assert.ok(code !== undefined, `${page} has no block with ${text}`);
  const folder = join(workFolder, text.replaceAll(/\W/g, ""));
  await compile(folder, [code]);
  await run(process.execPath, [join(folder, "0.js")], {
    env: { ...process.env, DATABASE_URL: databaseUrl, PGOPTIONS: `-c search_path=${db.schema}` },
    timeout: 20_000,
  });
}

describe("Many tables", () => {
  const page = "docs/many-tables.md";

  it("begins with code that works", async () => {
    await db.pool.query(
      `CREATE TABLE ${db.schema}.metrics (url text NOT NULL, latency_ms bigint);
       CREATE TABLE ${db.schema}.orders (id bigint NOT NULL, placed_at timestamptz NOT NULL);
       CREATE TABLE ${db.schema}.logins (kind text NOT NULL)`,
    );
    await runBlock(page, "group.insert(orders");
    const rows = await db.rows(
      `SELECT url, latency_ms, id, kind FROM ${db.schema}.metrics, ${db.schema}.orders, ${db.schema}.logins`,
    );
    assert.deepEqual(rows, [{ url: "/hello/world", latency_ms: "42", id: "1", kind: "login" }]);
  });

  it("says of each option whether it is the group's or a table's", async () => {
    const source = await readFile(join(packageFolder, "src/copier-options.ts"), "utf8");
    const documented = source.slice(0, source.indexOf("interface RetryOptions"));
    const names = Array.from(documented.matchAll(/^ {2}(\w+)\?: /gm), ([, name]) => name!);
    assert.ok(names.length >= 10);
    const lines = (await readDocument(page)).split("\n").filter((line) => line.startsWith("| `"));
    for (const name of names) {
      const [line, ...others] = lines.filter((each) => each.includes(`\`${name}\``));
      assert.ok(line !== undefined && others.length === 0, name);
      const owner = isOptionOfTable(name)
        ? /\| a table(; the group has .*)?\s*\|$/
        : /\| the group\s*\|$/;
      assert.match(line, owner, name);
    }
  });
});

function isOptionOfTable(name: string): boolean {
  try {
    resolveTableOptions({ [name]: undefined }, resolveGroupOptions({}));
    return true;
  } catch {
    return false;
  }
}

describe("Columns, names and defaults", () => {
  const page = "docs/columns.md";

  it("has ways to name columns that work", async () => {
    await db.pool.query(
      `CREATE TABLE ${db.schema}.logs (status_code int NOT NULL, user_agent text)`,
    );
    await runBlock(page, "Copier.connect(logs)");
    const rows = await db.rows(`SELECT * FROM ${db.schema}.logs ORDER BY 1, 2`);
    assert.deepEqual(rows, [
      { status_code: 200, user_agent: "curl" },
      { status_code: 201, user_agent: "curl" },
      { status_code: 202, user_agent: "curl" },
      { status_code: 203, user_agent: null },
    ]);
  });

  it("has defaults of the client's that work", async () => {
    await db.pool.query(
      `CREATE TABLE ${db.schema}.events (id uuid NOT NULL, at timestamptz NOT NULL, kind text NOT NULL)`,
    );
    await runBlock(page, "Copier.connect(events)");
    assert.deepEqual(await db.rows(`SELECT kind FROM ${db.schema}.events`), [{ kind: "login" }]);
  });

  it("has a table of keys that is true", async () => {
    const text = await readDocument(page);
    const lines = Array.from(text.matchAll(/^\| `(\w+)` +\| `(\w+)` +\|$/gm));
    assert.ok(lines.length >= 7, `${lines.length} lines`);
    for (const [, key, column] of lines) {
      assert.equal(snakeCase(key!), column);
    }
  });
});
