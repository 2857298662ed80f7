// Packs the library and uses the tarball as users will: installed into an empty project, imported,
// required, and type-checked without @types/pg.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const IMPORT = `
import { Copier, int8, table, text, type RowOf } from "batch-copy";
const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
export type Metric = RowOf<typeof metrics>;
export const row: Metric = { url: "/" };
const connect: (typeof Copier)["connect"] = Copier.connect;
if (typeof connect !== "function" || !metrics.ddl.startsWith("CREATE TABLE")) process.exit(1);
`;
const REQUIRE_TYPED = `
import batchCopy = require("batch-copy");
export const metrics: batchCopy.Table = batchCopy.table("metrics", { url: batchCopy.text });
`;
const REQUIRE = `
const { Copier, table } = require("batch-copy");
if (typeof Copier.connect !== "function" || typeof table !== "function") process.exit(1);
`;

const project = mkdtempSync(join(tmpdir(), "batch-copy-package-"));
try {
  const tarball = pack();
  create("package.json", JSON.stringify({ name: "empty", private: true, type: "module" }));
  create("import.ts", IMPORT);
  create("require.cjs", REQUIRE);
  create("require-typed.cts", REQUIRE_TYPED);
  run("node", join(root, "node_modules/publint/src/cli.js"), tarball, "--strict");
  const types = join(root, "node_modules/@arethetypeswrong/cli/dist/index.js");
  run("node", types, tarball, "--profile", "esm-only", "--quiet");
  const compilers = ["typescript", "@types/node"].map((name) => `${name}@${devDependencies[name]}`);
  run("npm", "install", "--no-audit", "--no-fund", tarball, ...compilers);
  const strict = ["--strict", "--module", "nodenext", "--target", "es2022"];
  run(
    "node",
    "node_modules/typescript/bin/tsc",
    ...strict,
    "--types",
    "node",
    "import.ts",
    "require-typed.cts",
  );
  run("node", "import.js");
  run("node", "require.cjs");
  run("node", "require-typed.cjs");
  console.log("The package imports, can be required, and type-checks.");
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Packs the library into the project and says what is in it. */
function pack() {
  const args = ["pack", "--json", "--pack-destination", project];
  const cwd = join(root, "packages/batch-copy");
  const output = execFileSync("npm", args, { cwd, encoding: "utf8" });
  const packed = Object.values(JSON.parse(output.slice(output.search(/[[{]/))))[0];
  const unwanted = packed.files.filter(
    ({ path }) => !/^((dist|src)\/|README|LICENSE|package\.json)/.test(path),
  );
  if (unwanted.length > 0)
    throw new Error(`packed without need: ${unwanted.map(({ path }) => path)}`);
  console.log(`${packed.filename}: ${packed.files.length} files, ${packed.size} bytes`);
  return join(project, packed.filename);
}

/** @param {string} name @param {string} content */
function create(name, content) {
  writeFileSync(join(project, name), content);
}

/** @param {string} command @param {string[]} args */
function run(command, ...args) {
  execFileSync(command, args, { cwd: project, stdio: ["ignore", "inherit", "inherit"] });
}
