// @ts-check

import { exec } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual, promisify } from "node:util";

import { Copier } from "../../packages/batch-copy/dist/index.js";

/**
 * @import { CopierOptions } from "../../packages/batch-copy/dist/index.js"
 * @import { CitusCluster } from "./cluster.mjs"
 */

/** How much of a value a failure shows. */
const MAX_LENGTH = 150;

/**
 * What the command line says.
 * @typedef {object} Settings
 * @property {string | undefined} restartWorker
 * @property {string | undefined} fillDisk
 * @property {string | undefined} freeDisk
 * @property {number} cuts
 * @property {number} seed
 */

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {readonly (keyof Settings)[]} [needs] settings without which it is skipped
 * @property {(cluster: CitusCluster, settings: Settings) => Promise<string | void>} run rejects if
 * it fails; resolves to a note for the output
 */

/**
 * A row of the tables that the checks write.
 * @typedef {{ id: number, note: string, amount: number }} Row
 */

/** A row that no constraint and no trigger refuses. */
export const goodRow = (/** @type {number} */ id) => ({ id, note: "good", amount: 1 });

/**
 * Waits for the outcome, and fails if it takes too long.
 * @template Value
 * @param {Promise<Value>} promise
 * @param {string} what
 * @param {number} seconds
 * @returns {Promise<Value>}
 */
export async function within(promise, what, seconds) {
  const timer = new AbortController();
  const late = sleep(seconds * 1000, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${what}: no result after ${seconds} s`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    late.catch(() => {});
    timer.abort();
  }
}

/**
 * Runs with a copier to a table, and closes it: in order if all went well, else at once.
 * @param {string} url
 * @param {string} table
 * @param {CopierOptions<Row>} options
 * @param {(copier: Copier<Row>) => Promise<void>} use
 */
export async function withCopier(url, table, options, use) {
  /** @type {Copier<Row>} */
  const copier = await Copier.connect(table, { databaseUrl: url, ...options });
  try {
    await use(copier);
  } catch (error) {
    // The first error is the one to tell; rows that are left are its consequence.
    await copier.close({ timeoutMs: 0 }).catch(() => {});
    throw error;
  }
  await within(copier.close(), "close()", 60);
}

/**
 * Runs a shell command of the command line.
 * @param {string | undefined} command
 */
export async function shell(command) {
  if (command === undefined) throw new Error("there is no command to run");
  await promisify(exec)(command);
}

/**
 * Fails in one line if the values differ.
 * @param {unknown} actual
 * @param {unknown} expected
 * @param {string} what
 */
export function expectSame(actual, expected, what) {
  if (!isDeepStrictEqual(actual, expected)) {
    throw new Error(`${what}: expected ${brief(expected)}, got ${brief(actual)}`);
  }
}

/**
 * Fails with the first error if any of them rejected.
 * @param {readonly PromiseSettledResult<unknown>[]} results
 */
export function expectNoRejection(results) {
  const errors = rejections(results);
  if (errors.length > 0) {
    throw new Error(
      `${errors.length} of ${results.length} rows failed, the first with ${errors[0]}`,
    );
  }
}

/**
 * The errors of those that rejected.
 * @param {readonly PromiseSettledResult<unknown>[]} results
 * @returns {Error[]}
 */
export function rejections(results) {
  return results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
}

/** @param {unknown} value */
function brief(value) {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text;
}
