// @ts-check

import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { MAJORS, nodeOf } from "../node-versions.mjs";

/** @import { Check } from "./checks.mjs" */

const root = join(import.meta.dirname, "..", "..");
const PARQUET = join(root, "packages/cli/test/fixtures/parquet/duckdb.parquet");
const ALLOWED = /^(bin\/batch-copy\.js|dist\/.*\.js|README\.md|LICENSE|package\.json)$/;

/**
 * The checks of the command that CI runs.
 * @param {{ path: string, files: string[] }} tarball
 * @returns {Check[]}
 */
export function cliChecks({ path, files }) {
  return [
    {
      name: "the files that are packed",
      run() {
        const needless = files.filter((file) => !ALLOWED.test(file));
        assert.deepEqual(needless, [], "packed without need");
        for (const file of ["README.md", "LICENSE", "dist/main.js"]) {
          assert.ok(files.includes(file), file);
        }
        // Modules of deleted sources may be left in dist.
        const sources = files.filter((file) => file.startsWith("dist/"));
        for (const file of sources) {
          const source = file.replace(/^dist/, "src").replace(/js$/, "ts");
          assert.ok(statSync(join(root, "packages/cli", source)).isFile(), source);
        }
      },
    },
    {
      name: "publint",
      run(project) {
        const publint = join(root, "node_modules/publint/src/cli.js");
        project.run(process.execPath, publint, path, "--strict");
      },
    },
    {
      name: "npx, by the names of the command and the package",
      run(project) {
        const { version } = JSON.parse(
          readFileSync(project.installed("batch-copy-cli/package.json"), "utf8"),
        );
        for (const name of ["batch-copy", "batch-copy-cli"]) {
          assert.equal(project.run("npx", "--no-install", name, "--version").trim(), version);
        }
      },
    },
    loads("this Node", () => process.execPath),
  ];
}

/**
 * The checks of the command that only `npm run test:package:matrix` runs.
 * @returns {Check[]}
 */
export function cliMatrixChecks() {
  return MAJORS.map((major) => loads(`Node ${major}`, () => nodeOf(major)));
}

/**
 * Loads files with a version of Node.
 * @param {string} name
 * @param {() => string} node finds its executable
 * @returns {Check}
 */
function loads(name, node) {
  return {
    name: `batch-copy load, ${name}`,
    run(project) {
      const printed = project.run(process.execPath, "load.mjs", node(), PARQUET);
      assert.equal(printed, "5 files loaded\n");
    },
  };
}
