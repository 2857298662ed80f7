// @ts-check

import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..");

/**
 * What to run the tests with.
 * @typedef {object} Setting
 * @property {string} version for the table
 * @property {string} [node] the executable; without it this Node's
 * @property {NodeJS.ProcessEnv} [env] what to add to the environment
 * @property {() => Promise<void>} [stop]
 */

/**
 * Runs the tests once for each major version, and prints the results. Arguments of the command:
 * [--only MAJOR,...] [ARGS...], where ARGS go to tools/test.mjs.
 * @param {string} name what the versions are of
 * @param {readonly string[]} majors those to test without --only
 * @param {readonly string[]} known those that --only takes
 * @param {(major: string) => Setting | Promise<Setting>} setUp throws what is wrong
 */
export async function testEach(name, majors, known, setUp) {
  const [option, list, ...rest] = process.argv.slice(2);
  const only = option === "--only" ? (list?.split(",") ?? []) : majors;
  const testArgs = option === "--only" ? rest : process.argv.slice(2);
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.error(
      `Other versions of ${name} are here for Linux x64 only; this is ${process.platform} ${process.arch}.`,
    );
    process.exitCode = 2;
  } else if (only.length === 0 || !only.every((major) => known.includes(major))) {
    console.error(`--only takes a list of: ${known.join(",")}.`);
    process.exitCode = 2;
  } else {
    const lines = [name.padEnd(18) + "Result  Seconds"];
    for (const major of only) {
      lines.push(await testWith(`${name} ${major}`, () => setUp(major), testArgs));
    }
    console.log(`\n${lines.join("\n")}`);
  }
}

/**
 * Records a failure in the exit code of this process.
 * @param {string} name
 * @param {() => Setting | Promise<Setting>} setUp
 * @param {string[]} testArgs
 * @returns {Promise<string>} the line for the table
 */
async function testWith(name, setUp, testArgs) {
  /** @type {Setting} */
  let setting;
  try {
    setting = await setUp();
  } catch (error) {
    console.error(String(error));
    process.exitCode = 1;
    return name.padEnd(18) + "not started";
  }
  console.log(`Testing with ${name} (${setting.version}) ...`);
  const start = performance.now();
  const passed = runTests(setting, testArgs, cached(`test-${name.replace(" ", "-")}.log`));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  await setting.stop?.();
  if (!passed) process.exitCode = 1;
  return setting.version.padEnd(18) + (passed ? "passed" : "failed") + seconds.padStart(9);
}

/**
 * Shows the tests' output only if they fail.
 * @param {Setting} setting
 * @param {string[]} testArgs
 * @param {string} logFile
 */
function runTests({ node = process.execPath, env }, testArgs, logFile) {
  const log = openSync(logFile, "w");
  const { status } = spawnSync(node, [join(root, "tools", "test.mjs"), ...testArgs], {
    env: { ...process.env, ...env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (status !== 0) process.stdout.write(readFileSync(logFile));
  return status === 0;
}

/**
 * Installs an npm package apart from the workspace.
 * @param {string} folder where its node_modules are to be
 * @param {string} specification
 */
export function install(folder, specification) {
  console.log(`Installing ${specification} ...`);
  mkdirSync(folder, { recursive: true });
  // A separate package, because npm would otherwise install into the workspace around it.
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const options = [
    "--workspaces=false",
    "--ignore-scripts",
    "--no-save",
    "--no-audit",
    "--no-fund",
  ];
  const { status } = spawnSync("npm", ["install", "--prefix", folder, ...options, specification], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`npm could not install ${specification}`);
}

/**
 * A path in a folder that git ignores.
 * @param {string} name
 */
export function cached(name) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  return join(root, ".cache", name);
}
