// @ts-check

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const ALLOWED =
  /^(dist\/(index|drizzle)\.(cjs|mjs|d\.mts)|dist\/batch-copy\.cjs(\.map)?|dist\/types\/(package\.json|.*\.d\.ts)|src\/.*\.ts|README\.md|LICENSE|package\.json)$/;

/**
 * Packs a package of the workspace.
 * @param {string} name of its folder
 * @param {string} folder where to put the tarball
 * @returns {{ path: string, files: string[] }} the tarball, and the paths in it
 */
export function pack(name, folder) {
  const cwd = join(root, "packages", name);
  const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  /** @type {{ filename: string, size: number, files: { path: string }[] }} */
  const packed = Object.values(JSON.parse(output.slice(output.search(/[[{]/))))[0];
  console.log(`${packed.filename}: ${packed.files.length} files, ${packed.size} bytes`);
  return {
    path: join(folder, packed.filename),
    files: packed.files.map(({ path }) => path),
  };
}

/**
 * Throws if the package has a file that users do not need, or lacks one that package.json or the
 * source map refers to.
 * @param {string[]} files
 * @param {string} installed the package in the user's node_modules
 */
export function checkFiles(files, installed) {
  assert.deepEqual(
    files.filter((path) => !ALLOWED.test(path)),
    [],
    "packed without need",
  );
  const {
    main,
    types,
    typesVersions,
    exports,
    files: listed,
  } = readJson(join(installed, "package.json"));
  const exported = [exports["."], exports["./drizzle"]].flatMap((entry) => {
    return Object.values(entry.import).concat(Object.values(entry.default));
  });
  for (const path of [main, types, ...typesVersions["*"].drizzle, ...exported, ...listed]) {
    assert.ok(existsSync(join(installed, path)), path);
  }
  const { sources } = readJson(join(installed, "dist/batch-copy.cjs.map"));
  assert.ok(sources.length > 100);
  for (const source of sources) assert.ok(existsSync(join(installed, "dist", source)), source);
}

/**
 * Throws if the packed README has a relative link, or a link to a file that the repository lacks.
 * @param {string} installed
 */
export function checkLinks(installed) {
  const { repository } = readJson(join(installed, "package.json"));
  const address = repository.url.replace(/^git\+(.*)\.git$/, "$1");
  const raw = address.replace("github.com", "raw.githubusercontent.com");
  const readme = readFileSync(join(installed, "README.md"), "utf8");
  const links = Array.from(readme.matchAll(/\]\(([^)]*)\)/g), ([, link]) => link ?? "");
  let inRepository = 0;
  for (const link of links) {
    if (link.startsWith("#")) continue;
    assert.match(link, /^https:\/\//, "README has a relative link");
    const path = [`${address}/blob/HEAD/`, `${raw}/HEAD/`].find((base) => link.startsWith(base));
    if (path === undefined) continue;
    inRepository++;
    assert.ok(existsSync(join(root, link.slice(path.length).replace(/#.*/, ""))), link);
  }
  assert.ok(inRepository > 5, `${inRepository} links into the repository`);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
