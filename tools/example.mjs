// @ts-check
// Runs an example with DATABASE_URL set, on a temporary server if it is not; without a name, lists
// the examples.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { runWithServer } from "./run-with-server.mjs";

const folder = join(import.meta.dirname, "..", "examples");
const [name, ...args] = process.argv.slice(2);
const examples = readdirSync(folder)
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && file !== "start.ts")
  .map((file) => file.slice(0, -".ts".length));

if (name !== undefined && examples.includes(name)) {
  const file = join(folder, "dist", `${name}.js`);
  const command = ["--enable-source-maps", file, ...args];
  process.exitCode = await runWithServer(process.execPath, command, { durable: true });
} else if (name === undefined || name === "--help") {
  console.log(usage());
  process.exitCode = 0;
} else {
  console.error(`Unknown example "${name}".\n${usage()}`);
  process.exitCode = 2;
}

function usage() {
  const width = Math.max(...examples.map((example) => example.length));
  const lines = examples.map((example) => `  ${example.padEnd(width)}  ${summary(example)}`);
  return ["Usage: npm run example -- NAME [ARGS...]", ...lines].join("\n");
}

/**
 * The first line of the comment that an example starts with.
 * @param {string} example
 */
function summary(example) {
  const source = readFileSync(join(folder, `${example}.ts`), "utf8");
  return /^\s*(?:\/\/|\/\*\*?)[\s*]*(.*?)\s*(?:\*\/)?$/m.exec(source)?.[1] ?? "";
}
