// @ts-check
// Packs the library and the command, installs the tarballs and uses them as users do. Needs DATABASE_URL.
// node tools/test-package.mjs [--matrix] [--only library|cli]
//   --matrix  also the slow checks: Nest, ts-node, Bun, Deno, every module setting of TypeScript; the
//             command with each supported Node
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import {
  coreChecks,
  corePackages,
  matrixChecks,
  matrixPackages,
  NotHere,
} from "./package/checks.mjs";
import { cliChecks, cliMatrixChecks } from "./package/cli-checks.mjs";
import { Project } from "./package/project.mjs";
import { checkFiles, checkLinks, pack } from "./package/tarball.mjs";

/** @import { Check } from "./package/checks.mjs" */
/** @typedef {{ path: string, files: string[] }} Tarball */

const { matrix, only } = parseArgs({
  options: { matrix: { type: "boolean", default: false }, only: { type: "string" } },
}).values;
const folder = mkdtempSync(join(tmpdir(), "batch-copy-package-"));
try {
  const library = pack("batch-copy", folder);
  if (only !== "cli") testLibrary(library);
  if (only !== "library") testCommand(library);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {Tarball} tarball */
function testLibrary({ path, files }) {
  const project = new Project(join(folder, "user"));
  project.install([path, ...corePackages, ...(matrix ? matrixPackages : [])]);
  const installed = project.installed("batch-copy");
  /** @type {Check[]} */
  const contents = [
    { name: "the files that are packed", run: () => checkFiles(files, installed) },
    { name: "README's links", run: () => checkLinks(installed) },
  ];
  const checks = [...contents, ...coreChecks(path), ...(matrix ? matrixChecks() : [])];
  for (const check of checks) make(check, project);
}

/** @param {Tarball} library which the command needs */
function testCommand(library) {
  const command = pack("cli", folder);
  const project = new Project(join(folder, "user-of-command"));
  project.install([library.path, command.path]);
  const checks = [...cliChecks(command), ...(matrix ? cliMatrixChecks() : [])];
  for (const check of checks) make(check, project);
}

/**
 * Runs a check and prints its result. A failure sets the exit code of this process.
 * @param {Check} check
 * @param {Project} project
 */
function make({ name, run }, project) {
  const start = performance.now();
  /** @param {string} result */
  const report = (result) => {
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${result.padEnd(8)}${name.padEnd(44)}${seconds.padStart(6)} s`);
  };
  try {
    run(project);
    report("passed");
  } catch (error) {
    if (error instanceof NotHere) {
      report("SKIPPED");
      console.log(`  ${error.message}`);
    } else {
      report("FAILED");
      console.log(String(error));
      process.exitCode = 1;
    }
  }
}
