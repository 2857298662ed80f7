// @ts-check
// Builds the published files from the output of tsc: node bundle.mjs [--force]
//   dist/batch-copy.cjs  all entries in one file: a process has one copy of the code
//   dist/types/          the declarations of the public API, as CommonJS
// and for each name in src/entries.ts, such as index:
//   dist/index.cjs       takes its names from dist/batch-copy.cjs, for require()
//   dist/index.mjs       re-exports dist/index.cjs, for import
//   dist/index.d.mts     re-exports dist/types/
// Skips the work if neither the sources nor the compilers have changed. `npm run build`, tools/ready.mjs and `npm pack`
// run this script.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";

const folder = import.meta.dirname;
const root = join(folder, "..", "..");
const dist = join(folder, "dist");
const digestFile = join(dist, ".bundled");
const digests = digestsOfInputs();

if (process.argv.includes("--force") || !isUpToDate()) {
  rmSync(digestFile, { force: true });
  compile();
  await bundle();
  const entries = namespaces();
  for (const [entry, names] of entries) writeEntry(entry, names);
  copyDeclarations(entries.map(([entry]) => entry));
  writeFileSync(digestFile, [digests.own, digests.shared].join("\n"));
}

/** A digest of the package's own inputs, and one of those that it shares with the workspace. */
function digestsOfInputs() {
  const sources = readdirSync(join(folder, "src"), { encoding: "utf8", recursive: true })
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
    .map((path) => join("src", path));
  const own = digestOf(folder, ["bundle.mjs", "package.json", "tsconfig.json", ...sources]);
  // package-lock.json has the versions of the compilers.
  return { own, shared: digestOf(root, ["tsconfig.base.json", "package-lock.json"]) };
}

/**
 * Hashes contents, because a git checkout or a copy of the folder changes file times.
 * @param {string} base
 * @param {readonly string[]} paths
 * @returns {string | undefined} undefined if a file is missing
 */
function digestOf(base, paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const file = join(base, path);
    if (!existsSync(file)) return undefined;
    hash.update(`${path}\0`).update(readFileSync(file));
  }
  return hash.digest("hex");
}

/** A copy of the package outside of its workspace lacks what they share, and counts as it was. */
function isUpToDate() {
  const [own, shared] = read(digestFile)?.split("\n") ?? [];
  return own === digests.own && shared === (digests.shared ?? shared) && isComplete();
}

/** Whether all that is packed is there: somebody may have deleted a part of dist/. */
function isComplete() {
  /** @type {{ files: string[] }} */
  const { files } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return files.every((path) => existsSync(join(folder, path)));
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Usually tsc has nothing to do, but `npm pack` on its own must not pack outdated code. */
function compile() {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b", folder], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** esbuild follows tsc's source maps, so batch-copy.cjs.map refers to src/, which is published too. */
async function bundle() {
  // A static import would require esbuild even where the bundle is up to date.
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: folder,
    entryPoints: [join(dist, "entries.js")],
    outfile: join(dist, "batch-copy.cjs"),
    bundle: true,
    format: "cjs",
    platform: "node",
    target: "node20.19",
    packages: "external",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
  });
}

/**
 * The entries and their names, from the bundle itself, so that none can be missing.
 * @returns {[entry: string, names: string[]][]}
 */
function namespaces() {
  const bundled = createRequire(import.meta.url)("./dist/batch-copy.cjs");
  return Object.keys(bundled).map((entry) => [entry, Object.keys(bundled[entry]).toSorted()]);
}

/**
 * When an ES module imports CommonJS, Node searches the file for its names (cjs-module-lexer), which
 * takes longer than all the rest for a file of the bundle's size. So it gets a small one that lists
 * them in the way that the lexer knows; `module.exports = require(…)` would send it on to the bundle.
 * @param {string} entry
 * @param {string[]} names
 */
function writeEntry(entry, names) {
  const list = names.map((name) => `  ${name},\n`).join("");
  writeFileSync(
    join(dist, `${entry}.cjs`),
    `"use strict";
const { ${entry} } = require("./batch-copy.cjs");
// Compilers then add no default export to an \`import * as\`.
Object.defineProperty(${entry}, "__esModule", { value: true });
module.exports = ${entry};
// Never runs: Node takes the names of the exports from here.
0 && (module.exports = {\n${list}});
`,
  );
  writeFileSync(join(dist, `${entry}.mjs`), `export {\n${list}} from "./${entry}.cjs";\n`);
  writeFileSync(join(dist, `${entry}.d.mts`), `export * from "./types/${entry}.js";\n`);
}

/**
 * Copies the declarations of the entries and all that they import. The package.json next to them
 * makes them CommonJS for TypeScript: an ES module can import those, whereas TypeScript before 5.8
 * does not let a CommonJS module import an ES module (TS1479).
 * @param {string[]} entries
 */
function copyDeclarations(entries) {
  const types = join(dist, "types");
  const reached = new Set(entries.map((entry) => join(dist, `${entry}.d.ts`)));
  const copies = new Set(["package.json"]);
  for (const file of reached) {
    const text = readFileSync(file, "utf8");
    for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\..*?)\.js"/g)) {
      reached.add(join(dirname(file), `${path}.d.ts`));
    }
    const path = relative(dist, file);
    copies.add(path);
    mkdirSync(dirname(join(types, path)), { recursive: true });
    copyFileSync(file, join(types, path));
  }
  writeFileSync(join(types, "package.json"), `{ "type": "commonjs" }\n`);
  // Only what is left over: another run of this script may be writing the same files.
  for (const path of readdirSync(types, { encoding: "utf8", recursive: true })) {
    if (path.endsWith(".d.ts") && !copies.has(path)) rmSync(join(types, path), { force: true });
  }
}
