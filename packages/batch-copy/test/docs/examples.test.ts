import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import * as publicNames from "../../dist/index.js";
import { compile } from "../helpers/compile.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { codeBlocks, documents, readDocument } from "../helpers/documents.js";

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the package, so that `batch-copy` and `pg` resolve as they do for users. */
const workFolder = join(packageFolder, "dist-test", "documented");

/** Their code needs other files, or libraries; orms.test.ts and frameworks.test.ts compile it. */
const PAGES_WITH_OWN_TEST = new Set(["README.md", "docs/orms.md", "docs/frameworks.md"]);

/** The public values, but for those that clash with globals. */
const NAMES = Object.keys(publicNames).filter((name) => name !== "name");

/** What the examples of docstrings may take for granted. */
const PRELUDE = `
import { randomUUID } from "node:crypto";
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { Pool } from "pg";
import * as batchCopy from "batch-copy";
import { ${[...new Set(NAMES)].join(", ")}, type RowOf } from "batch-copy";
declare const pool: Pool;
const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
declare const copier: Copier<RowOf<typeof metrics>>;
declare const group: CopierGroup;
declare const source: Source<RowOf<typeof metrics>>;
declare const encoder: RowEncoder;
declare const bytes: Uint8Array;
declare function readFrom(
  position: bigint,
): AsyncIterable<{ offset: bigint; row: RowOf<typeof metrics>; order: Order; lines: OrderLine[] }>;
interface Order { id: number }
interface OrderLine { item: string }
declare const orders: Copier<Order>;
declare const orderLines: Copier<OrderLine>;
declare const events: AsyncIterable<{ type: string }>;
declare const order: { id: number };
declare const readable: Readable;
declare const parsedLines: Iterable<RowOf<typeof metrics>>;
declare const error: unknown;
declare const shop: GroupSource;
`;

/** The `@example` of each docstring, in a function of its own. */
async function docstringExamples(): Promise<string[]> {
  const source = join(packageFolder, "src");
  const files = await readdir(source, { recursive: true });
  const examples: string[] = [];
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    const code = await readFile(join(source, file), "utf8");
    for (const [, text] of code.matchAll(/@example\n(.*?)\*\//gs)) {
      const lines = text!.replace(/^\s*\* ?/gm, "");
      const imports = lines.match(/^import .*$/gm)?.join("\n") ?? "";
      const statements = lines.replaceAll(/^import .*$/gm, "");
      examples.push(`${PRELUDE}${imports}\nexport async function example() {\n${statements}\n}\n`);
    }
  }
  return examples;
}

describe("the documents", () => {
  const db = useDatabase();

  it("have code in README that compiles, and a quickstart that works", async () => {
    const blocks = await codeBlocks("README.md", "ts");
    assert.ok(blocks.length >= 2);
    const folder = join(workFolder, "readme");
    await compile(folder, blocks);
    const [ddl] = await codeBlocks("README.md", "sql");
    await db.pool.query(`SET search_path = ${db.schema}; ${ddl}; RESET search_path`);
    const url = new URL(databaseUrl);
    url.searchParams.set("options", `-c search_path=${db.schema}`);
    await run(process.execPath, [join(folder, "0.js")], {
      env: { ...process.env, DATABASE_URL: url.href },
      timeout: 10_000,
    });
    const rows = await db.rows(`SELECT url, latency_ms FROM ${db.schema}.metrics ORDER BY 1, 2`);
    assert.deepEqual(rows, [
      { url: "/a", latency_ms: null },
      { url: "/b", latency_ms: null },
      { url: "/hello/world", latency_ms: "42" },
      { url: "/hello/world", latency_ms: "43" },
    ]);
  });

  it("have code on the other pages that compiles", async () => {
    const pages = (await documents()).filter((page) => !PAGES_WITH_OWN_TEST.has(page));
    const blocks = await Promise.all(pages.map((page) => codeBlocks(page, "ts")));
    assert.ok(blocks.flat().length >= 3, `${blocks.flat().length} blocks`);
    await compile(join(workFolder, "pages"), blocks.flat());
  });

  it("have examples in docstrings that compile", async () => {
    const examples = await docstringExamples();
    assert.ok(examples.length >= 10, `${examples.length} examples`);
    await compile(join(workFolder, "docstrings"), examples);
  });

  it("name every option", async () => {
    const document = await readDocument("README.md");
    const options = await readFile(join(packageFolder, "src/copier-options.ts"), "utf8");
    const documented = options.slice(0, options.indexOf("interface RetryOptions"));
    const names = Array.from(documented.matchAll(/^ {2}(\w+)\?: /gm), ([, name]) => name!);
    assert.ok(names.length >= 10);
    for (const name of names) {
      assert.match(document, new RegExp(`^\\| \`${name}\` +\\|`, "m"), name);
    }
  });

  it("name every code of an error", async () => {
    const errors = await readFile(join(packageFolder, "src/errors.ts"), "utf8");
    const [union] = /type BatchCopyErrorCode =[^;]*/.exec(errors)!;
    const codes = Array.from(union.matchAll(/"(\w+)"/g), ([, code]) => code!);
    assert.ok(codes.length >= 10);
    const lines = (await readDocument("README.md")).split("\n");
    for (const code of codes) {
      assert.ok(
        lines.some((line) => line.startsWith("| `") && line.includes(`\`${code}\``)),
        code,
      );
    }
  });
});
