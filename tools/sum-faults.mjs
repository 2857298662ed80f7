// @ts-check
// Adds up what runs of the fault tests have done: node tools/sum-faults.mjs FILE...
// They append to the file that FAULT_TALLY names: FAULT_TALLY=/tmp/tally npm run test:faults -- source
import { readFileSync } from "node:fs";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("Usage: node tools/sum-faults.mjs FILE...");
  process.exitCode = 2;
} else {
  /** @type {Map<string, number>} */
  const sums = new Map();
  const lines = files.flatMap((file) => readFileSync(file, "utf8").split("\n").filter(Boolean));
  for (const line of lines) {
    for (const [name, count] of Object.entries(
      /** @type {Record<string, number>} */ (JSON.parse(line)),
    )) {
      sums.set(name, (sums.get(name) ?? 0) + count);
    }
  }
  for (const [name, sum] of sums) console.log(`${name.padEnd(14)}${String(sum).padStart(8)}`);
}
