import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { databaseUrl, useDatabase } from "../helpers/database.js";

const run = promisify(execFile);
const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const readme = join(packageFolder, "../../README.md");
/** Inside the package, so that `batch-copy` and `pg` resolve as they do for users. */
const workFolder = join(packageFolder, "dist-test", "documented");

/** What the examples of docstrings may take for granted. */
const PRELUDE = `
import { pipeline } from "node:stream/promises";
import type { Readable } from "node:stream";
import { BatchCopyError, Copier, int8, numeric, table, text, varchar, type RowOf } from "batch-copy";
const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
declare const copier: Copier<RowOf<typeof metrics>>;
declare const readable: Readable;
declare const parsedLines: Iterable<RowOf<typeof metrics>>;
declare const error: unknown;
`;

async function readmeBlocks(language: string): Promise<string[]> {
  const document = await readFile(readme, "utf8");
  return Array.from(
    document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms")),
    ([, code]) => code!,
  );
}

/** The `@example` of each docstring, in a function of its own. */
async function docstringExamples(): Promise<string[]> {
  const source = join(packageFolder, "src");
  const files = await readdir(source, { recursive: true });
  const examples: string[] = [];
  for (const file of files.filter((name) => name.endsWith(".ts"))) {
    const code = await readFile(join(source, file), "utf8");
    for (const [, text] of code.matchAll(/@example\n(.*?)\*\//gs)) {
      const lines = text!.replace(/^\s*\* ?/gm, "");
      examples.push(`${PRELUDE}export async function example() {\n${lines}\n}\n`);
    }
  }
  return examples;
}

async function compile(name: string, sources: readonly string[]): Promise<string> {
  const folder = join(workFolder, name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await Promise.all(sources.map((code, n) => writeFile(join(folder, `${n}.ts`), code)));
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    lib: ["es2023", "esnext.disposable"],
    types: ["node"],
    strict: true,
    rootDir: ".",
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const tsc = join(dirname(typescript), "bin/tsc");
  // The compiler prints what is wrong on stdout, which the error of execFile does not show.
  const compiled = await run(process.execPath, [tsc, "-p", folder]).catch(
    (error: unknown) => error,
  );
  assert.equal((compiled as { stdout: string }).stdout, "");
  return folder;
}

describe("the documents", () => {
  const db = useDatabase();

  it("have code in README that compiles, and a quickstart that works", async () => {
    const blocks = await readmeBlocks("ts");
    assert.ok(blocks.length >= 2);
    const folder = await compile("readme", blocks);
    const [ddl] = await readmeBlocks("sql");
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

  it("have examples in docstrings that compile", async () => {
    const examples = await docstringExamples();
    assert.ok(examples.length >= 10, `${examples.length} examples`);
    await compile("docstrings", examples);
  });

  it("name every option", async () => {
    const document = await readFile(readme, "utf8");
    const options = await readFile(join(packageFolder, "src/options.ts"), "utf8");
    const documented = options.slice(0, options.indexOf("interface Numbers"));
    const names = Array.from(documented.matchAll(/^ {2}(\w+)\?: /gm), ([, name]) => name!);
    assert.ok(names.length >= 10);
    for (const name of names) {
      assert.match(document, new RegExp(`^\\| \`${name}\` +\\|`, "m"), name);
    }
  });
});
