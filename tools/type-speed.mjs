// @ts-check
// Prints how fast values of each type are encoded: node tools/type-speed.mjs [--write | TYPE...]
// --write also writes the table to docs/type-speed.md; names of types select what to measure.
//
// V8 runs code that has seen one type faster than code that has seen many. So each kind of value is
// measured in a process of its own, alternating with a manual loop if the type is common, and once
// more in one process with all other kinds, as in a table of many columns.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";

import * as registry from "../packages/batch-copy/dist/codecs/registry.js";
import { kinds, VALUES } from "./type-speed/kinds.mjs";
import { encoder, inTurn, ROUNDS, times } from "./type-speed/times.mjs";

/**
 * @import { Kind } from "./type-speed/kinds.mjs"
 *
 * Nanoseconds per value.
 * @typedef {{ kind: Kind, alone: number, byHand: number | undefined, amongAll: number }} Speed
 */

/** The highest ratio of an encoder's time to that of the manual loop. */
const LIMIT = 2;

const { values: options, positionals: names } = parseArgs({
  options: { write: { type: "boolean" }, measure: { type: "string" } },
  allowPositionals: true,
});
const exports = Object.keys(registry);
const missing = exports.filter((name) => !kinds.some((known) => known.name === name));
const measured = kinds.find((_, index) => String(index) === options.measure);

if (missing.length > 0) {
  console.error(`tools/type-speed/kinds.mjs has no values for ${missing.join(", ")}.`);
  process.exitCode = 1;
} else if (names.some((name) => !exports.includes(name)) || (options.write && names.length > 0)) {
  console.error("Usage: npm run speed:types [-- --write | -- TYPE...]");
  console.error(`The types: ${exports.join(", ")}.`);
  process.exitCode = 2;
} else if (options.measure === "all") {
  console.log(JSON.stringify(times(kinds.map(encoder))));
} else if (measured !== undefined) {
  console.log(JSON.stringify(times(inTurn(measured))));
} else {
  process.exitCode = await report();
}

/** @returns {Promise<number>} the exit code */
async function report() {
  const wanted = kinds.filter(({ name }) => names.length === 0 || names.includes(name));
  const speeds = await measure(wanted);
  const table = tableOf(speeds);
  console.log(table);
  if (options.write) {
    const folder = join(import.meta.dirname, "..", "docs");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "type-speed.md"), documentOf(table));
  }
  const slow = speeds.filter(({ alone, byHand = alone }) => alone > LIMIT * byHand);
  for (const { kind } of slow) {
    console.error(`Too slow compared with the manual loop: ${titleOf(kind)}, ${kind.values}.`);
  }
  return slow.length === 0 ? 0 : 1;
}

/**
 * Measures each kind in a process of its own, and all in one; one process at a time.
 * @param {readonly Kind[]} wanted
 */
async function measure(wanted) {
  progress("all types in one process");
  const amongAll = await child("all");
  /** @type {Speed[]} */
  const speeds = [];
  for (const kind of wanted) {
    const index = kinds.indexOf(kind);
    progress(`${speeds.length + 1} of ${wanted.length}: ${titleOf(kind)}, ${kind.values}`);
    const [alone = Number.NaN, byHand] = await child(String(index));
    speeds.push({ kind, alone, byHand, amongAll: amongAll[index] ?? Number.NaN });
  }
  progress("done\n");
  return speeds;
}

/** @param {string} what */
function progress(what) {
  // Overwrites one line, if stderr is a terminal.
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[KMeasuring ${what}`);
}

/**
 * @param {string} what an index of `kinds`, or "all"
 * @returns {Promise<number[]>} nanoseconds
 */
async function child(what) {
  const command = [import.meta.filename, "--measure", what];
  const { stdout } = await promisify(execFile)(process.execPath, command);
  return JSON.parse(stdout);
}

/** @param {Kind} kind */
function titleOf({ type }) {
  return type.name.replace(/\(".*\)$/, "(…)");
}

/** @param {Speed[]} speeds */
function tableOf(speeds) {
  const rows = speeds.map(({ kind, alone, byHand, amongAll }) => [
    `\`${titleOf(kind)}\``,
    kind.values,
    shown(1000 / alone),
    shown(alone),
    shown(amongAll),
    byHand === undefined ? "" : shown(byHand),
    byHand === undefined ? "" : (alone / byHand).toFixed(2),
  ]);
  const header = ["type", "values", "million/s", "ns", "ns, all types", "ns, manual loop", "ratio"];
  const widths = header.map((title, i) =>
    Math.max(...[header, ...rows].map((row) => row[i]?.length ?? 0)),
  );
  /** @param {string[]} cells */
  const line = (cells) =>
    `| ${cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (i < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [header, rule, ...rows].map(line).join("\n");
}

/** @param {number} value */
function shown(value) {
  return value.toFixed(value < 100 ? 1 : 0);
}

/** @param {string} table */
function documentOf(table) {
  const machine = `Node ${process.version} (${process.platform} ${process.arch}), ${availableParallelism()} cores`;
  return `# Encoding speed by type

\`npm run speed:types\` prints this table for your machine; \`npm run speed:types -- --write\` also writes it to this page. It was measured with ${machine}, of which one is used.

- **million/s** and **ns** (per value): one kind of value, in a process of its own. A field and its length are written into the buffer that is sent to the server. There are ${VALUES} different values; the figure is the median of ${ROUNDS} rounds.
- **ns, all types**: the same, in one process that writes all these kinds. V8 optimizes code that has seen one type only; a table with several columns is between the two.
- **ns, manual loop**: a loop written for a column of that type alone, with a \`DataView\` and the methods of \`Buffer\`, into a buffer that is large enough. It alternates with our encoder and writes the same bytes ([loops.mjs](../tools/type-speed/loops.mjs)). Common types have one.
- **ratio**: ns divided by the manual loop's; below 1, the encoder is faster. A loop that keeps one \`DataView\` and knows the end of its buffer is faster still for types of a few bytes, up to 2.6 times an encoder that writes into pages. The command fails if a ratio is above ${LIMIT}.

${table}
`;
}
