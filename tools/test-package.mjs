// @ts-check
// Packs the library, installs the tarball and uses it as users do. Needs DATABASE_URL.
// node tools/test-package.mjs [--matrix]
//   --matrix  also the slow checks: Nest, ts-node, Bun, Deno, every module setting of TypeScript
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  coreChecks,
  corePackages,
  matrixChecks,
  matrixPackages,
  NotHere,
} from "./package/checks.mjs";
import { Project } from "./package/project.mjs";
import { checkFiles, checkLinks, pack } from "./package/tarball.mjs";

/** @import { Check } from "./package/checks.mjs" */

const matrix = process.argv.includes("--matrix");
const folder = mkdtempSync(join(tmpdir(), "batch-copy-package-"));
try {
  const { path, files } = pack(folder);
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
} finally {
  rmSync(folder, { recursive: true, force: true });
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
