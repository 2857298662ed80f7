// @ts-check
// Runs the compiled tests against one server: node tools/test.mjs [NAME...] [--NODE-FLAG...]
// NAME selects the files whose path contains it. Flags are Node's, such as --test-name-pattern=X.
import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { runWithServer } from "./run-with-server.mjs";

// Some tests import the package by its name, and need an up-to-date bundle.
await import("../packages/batch-copy/bundle.mjs");

const root = join(import.meta.dirname, "..");
const args = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith("-"));
const names = args.filter((arg) => !arg.startsWith("-"));

const files = testFiles().filter(isWanted);
if (files.length === 0) {
  console.error(
    `No test file matches ${names.join(", ") || "packages/*/test/**/*.test.ts, bench/test/*.test.ts"}.`,
  );
  process.exitCode = 1;
} else {
  const reporter = flags.some((flag) => flag.startsWith("--test-reporter"))
    ? []
    : ["--test-reporter=spec"];
  const nodeFlags = [
    "--enable-source-maps",
    "--expose-gc",
    "--test",
    "--test-concurrency=2",
    "--test-timeout=120000",
  ];
  const compiled = files.map((file) => file.compiled);
  process.exitCode = await runWithServer(
    process.execPath,
    [...nodeFlags, ...reporter, ...flags, ...compiled],
    { durable: false, cwd: root },
  );
}

/** Finds tests by their sources, because tsc does not delete the output of a deleted test. */
function testFiles() {
  const packages = readdirSync(join(root, "packages")).map((name) => join("packages", name));
  return [...packages, "bench"].flatMap((workspace) => {
    const folder = join(workspace, "test");
    if (!existsSync(join(root, folder))) return [];
    return readdirSync(join(root, folder), { encoding: "utf8", recursive: true })
      .filter((path) => path.endsWith(".test.ts"))
      .toSorted()
      .map((path) => ({
        source: join(folder, path),
        compiled: join(workspace, "dist-test", path.replace(/ts$/, "js")),
      }));
  });
}

/** @param {{ source: string, compiled: string }} file */
function isWanted({ source, compiled }) {
  if (names.length === 0) return true;
  return names.map(withoutRoot).some((name) => source.includes(name) || compiled.includes(name));
}

/**
 * Makes a path that a shell or an editor completed relative to the root; keeps other names.
 * @param {string} name
 */
function withoutRoot(name) {
  return existsSync(name) ? relative(root, name) : name;
}
