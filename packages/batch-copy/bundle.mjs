// @ts-check
// Makes what users load out of what tsc compiled: node bundle.mjs [--force]
//   dist/index.cjs   the whole library in one file, for require()
//   dist/index.mjs   the same file's exports, for import: one copy of the code in a process
//   dist/types/      the declarations of the public names, as CommonJS; dist/index.d.mts repeats them
// Does nothing if the sources are those of the last time. `npm run build`, tools/ready.mjs and
// `npm pack` run it.
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
const dist = join(folder, "dist");
const digestFile = join(dist, ".bundled");
const digest = digestOfSources();

if (process.argv.includes("--force") || digest !== read(digestFile)) {
  rmSync(digestFile, { force: true });
  compile();
  await bundle();
  writeImport();
  copyDeclarations();
  writeFileSync(digestFile, digest);
}

/** Of contents, because file times say nothing after a git checkout or in a copy of the folder. */
function digestOfSources() {
  const hash = createHash("sha256");
  const sources = readdirSync(join(folder, "src"), { encoding: "utf8", recursive: true })
    .filter((path) => path.endsWith(".ts"))
    .toSorted()
    .map((path) => join("src", path));
  for (const path of ["bundle.mjs", "package.json", "tsconfig.json", ...sources]) {
    hash.update(`${path}\0`).update(readFileSync(join(folder, path)));
  }
  return hash.digest("hex");
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Normally tsc has nothing left to do; but `npm pack` alone must not pack old code. */
function compile() {
  const require = createRequire(import.meta.url);
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const { status } = spawnSync(process.execPath, [tsc, "-b", folder], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

/** The source map leads through tsc's maps to src/, which is in the package too. */
async function bundle() {
  // Not needed, and so not asked for, where the bundle is up to date.
  const { build } = await import("esbuild");
  await build({
    absWorkingDir: folder,
    entryPoints: [join(dist, "index.js")],
    outfile: join(dist, "index.cjs"),
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

/** The names are those that the bundle exports, so none can be missing. */
function writeImport() {
  const names = Object.keys(createRequire(import.meta.url)("./dist/index.cjs")).toSorted();
  const list = names.map((name) => `  ${name},\n`).join("");
  writeFileSync(join(dist, "index.mjs"), `export {\n${list}} from "./index.cjs";\n`);
  writeFileSync(join(dist, "index.d.mts"), `export * from "./types/index.js";\n`);
}

/**
 * Copies index.d.ts and whatever it reaches. TypeScript takes them for CommonJS by the package.json
 * beside them: before 5.8 it lets no CommonJS module import an ES module, but the other way round.
 */
function copyDeclarations() {
  const types = join(dist, "types");
  rmSync(types, { recursive: true, force: true });
  const reached = new Set([join(dist, "index.d.ts")]);
  for (const file of reached) {
    const text = readFileSync(file, "utf8");
    for (const [, path] of text.matchAll(/(?:from|import\()\s*"(\..*?)\.js"/g)) {
      reached.add(join(dirname(file), `${path}.d.ts`));
    }
    const copy = join(types, relative(dist, file));
    mkdirSync(dirname(copy), { recursive: true });
    copyFileSync(file, copy);
  }
  writeFileSync(join(types, "package.json"), `{ "type": "commonjs" }\n`);
}
