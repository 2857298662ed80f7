// @ts-check
// Tests the library against a Citus cluster: node tools/test-citus.mjs --help
import { parseArgs } from "node:util";

import { CitusCluster } from "./test-citus/cluster.mjs";

/** @import { Settings } from "./test-citus/check.mjs" */

const USAGE = `Usage: DATABASE_URL=postgres://... node tools/test-citus.mjs [OPTIONS] [NAME...]

DATABASE_URL names the coordinator of a Citus cluster. The tables are created in a schema of their
own, which is dropped at the end. The role must be a superuser. NAME runs only the checks whose name
contains it.

  --restart-worker COMMAND  shell command that restarts a worker and returns when it is up again
  --fill-disk COMMAND       shell command that fills the disk that holds a worker's tables
  --free-disk COMMAND       shell command that undoes it
  --cuts N                  connections to cut (default 60)
  --seed N                  seed for where they are cut (default: random, printed)
  --help

Checks that need a command which is not given are skipped. Exit code: 0 if all checks pass, 1 if one
fails, 2 if there is no Citus coordinator.`;

process.exitCode = await main();

async function main() {
  /** @type {ReturnType<typeof readArguments>} */
  let args;
  try {
    args = readArguments();
  } catch (error) {
    return giveUp(`${messageOf(error)}\n\n${USAGE}`);
  }
  if (args.help) {
    console.log(USAGE);
    return 0;
  }
  const url = process.env["DATABASE_URL"];
  if (!url) {
    return giveUp("DATABASE_URL is not set: it must name the coordinator of a Citus cluster.");
  }
  /** @type {CitusCluster} */
  let cluster;
  try {
    cluster = await CitusCluster.connect(url);
  } catch (error) {
    return giveUp(messageOf(error));
  }
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => void cluster.close().finally(() => process.exit(1)));
  }
  try {
    return await runChecks(cluster, args.settings, args.names);
  } finally {
    await cluster.close();
  }
}

function readArguments() {
  const { values, positionals } = parseArgs({
    options: {
      "restart-worker": { type: "string" },
      "fill-disk": { type: "string" },
      "free-disk": { type: "string" },
      cuts: { type: "string", default: "60" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e6)) },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  /** @type {Settings} */
  const settings = {
    restartWorker: values["restart-worker"],
    fillDisk: values["fill-disk"],
    freeDisk: values["free-disk"],
    cuts: wholeNumber("--cuts", values.cuts),
    seed: wholeNumber("--seed", values.seed),
  };
  return { settings, names: positionals, help: values.help };
}

/**
 * @param {string} option
 * @param {string} text
 */
function wholeNumber(option, text) {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${option} must be a whole number, got "${text}"`);
  return Number(text);
}

/**
 * @param {CitusCluster} cluster
 * @param {Settings} settings
 * @param {string[]} names
 * @returns {Promise<number>} the exit code
 */
async function runChecks(cluster, settings, names) {
  // The helpers that they use read DATABASE_URL when they are loaded.
  const { checks } = await import("./test-citus/checks.mjs");
  const chosen = checks.filter(
    ({ name }) => names.length === 0 || names.some((part) => name.includes(part)),
  );
  console.log(`${cluster.description}; ${chosen.length} checks, --seed ${settings.seed}`);
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const check of chosen) {
    const missing = check.needs?.find((option) => settings[option] === undefined);
    if (missing === undefined) {
      const passed = await runCheck(check, cluster, settings);
      counts[passed ? "passed" : "failed"]++;
    } else {
      console.log(`skip ${check.name}: no ${optionOf(missing)}`);
      counts.skipped++;
    }
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

/**
 * @param {import("./test-citus/check.mjs").Check} check
 * @param {CitusCluster} cluster
 * @param {Settings} settings
 */
async function runCheck({ name, run }, cluster, settings) {
  const start = performance.now();
  const seconds = () => `(${((performance.now() - start) / 1000).toFixed(1)} s)`;
  try {
    const note = await run(cluster, settings);
    console.log(`ok   ${name} ${seconds()}${note === undefined ? "" : `: ${note}`}`);
    return true;
  } catch (error) {
    console.log(`FAIL ${name} ${seconds()}: ${messageOf(error)}`);
    return false;
  }
}

/** @param {string} setting */
function optionOf(setting) {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/** @param {string} message */
function giveUp(message) {
  console.error(message);
  return 2;
}
