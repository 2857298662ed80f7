// @ts-check
// Prepares a checkout: installs what package-lock.json names, then builds what changed. It runs
// before anything is installed, so it uses only Node. It prints to stderr and leaves stdout to the
// program that follows.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");

const reason = reasonToInstall();
if (reason !== undefined) {
  console.error(`Running npm ci: ${reason}.`);
  // With NODE_ENV=production, or omit=optional in its settings, npm would not install the compiler.
  run("npm", ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund"]);
}
run(process.execPath, [join("node_modules", "typescript", "bin", "tsc"), "-b"]);
run(process.execPath, [join("packages", "batch-copy", "bundle.mjs")]);

/** npm keeps a lockfile of what it has installed; file times say nothing after a git checkout. */
function reasonToInstall() {
  const wanted = lockedPackages("package-lock.json");
  const installed = lockedPackages(join("node_modules", ".package-lock.json"));
  if (wanted === undefined) return "package-lock.json is missing";
  if (installed === undefined) return "nothing is installed yet";
  const stale = Object.entries(wanted).find(
    ([path, entry]) => !isInstalled(entry, installed[path]),
  );
  return stale && `${stale[0]} differs from package-lock.json`;
}

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {boolean} [optional]
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 */

/**
 * @param {string} file
 * @returns {Record<string, LockedPackage> | undefined} by path, without the root's own entry
 */
function lockedPackages(file) {
  try {
    const { "": _, ...packages } = JSON.parse(readFileSync(join(root, file), "utf8")).packages;
    return packages;
  } catch {
    return undefined;
  }
}

/**
 * @param {LockedPackage} wanted
 * @param {LockedPackage | undefined} installed
 */
function isInstalled(wanted, installed) {
  // The binaries of other platforms are optional and never installed.
  if (installed === undefined) return wanted.optional === true && !isBinaryForHere(wanted);
  return wanted.version === installed.version && wanted.integrity === installed.integrity;
}

/**
 * Whether it is a binary for this platform. Which C library that has, only npm knows.
 * @param {LockedPackage} wanted
 */
function isBinaryForHere({ os = [], cpu = [], libc }) {
  return libc === undefined && os.includes(process.platform) && cpu.includes(process.arch);
}

/**
 * Ends this process with the command's exit code if it fails.
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (error) console.error(`Cannot run ${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}
