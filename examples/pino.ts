/**
 * A pino transport that writes log lines as rows, from a worker thread, and flushes them on exit.
 */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { pino } from "pino";

import { logLines } from "./pino/log-table.js";
import type { LogTransportOptions } from "./pino/transport.js";
import { readArguments, refuseArguments } from "./support/arguments.js";
import { connectToFresh, SCHEMA } from "./support/database.js";

const LINES = 1000;

const ENDS: Readonly<Record<string, () => void | Promise<unknown>>> = {
  return() {},
  exit() {
    process.exit();
  },
  throw() {
    throw new Error("an error that nothing catches");
  },
  async SIGTERM() {
    // Without a listener, the signal ends the process without an `exit` event, and lines are lost.
    process.once("SIGTERM", () => process.exit());
    process.kill(process.pid, "SIGTERM");
    await sleep(10_000);
  },
};

const HELP = `Usage: npm run example pino -- [--end ${Object.keys(ENDS).join(" | ")}]
  Writes ${LINES} log lines, checks that they are in the table, writes as many again and ends.
  --end WAY  how it ends while lines are on their way; all of them are written before it is gone`;

const { values } = readArguments({
  options: { end: { type: "string", default: "return" }, help: { type: "boolean" } },
});
if (values.help) {
  console.log(HELP);
  process.exit();
}
const end = ENDS[values.end] ?? refuseArguments(`--end takes ${Object.keys(ENDS).join(", ")}`);

const client = await connectToFresh(logLines);
const logger = pino(
  pino.transport<LogTransportOptions>({
    target: new URL("pino/transport.js", import.meta.url).href,
    options: {},
  }),
);
writeLines();
// With a callback, it waits until the lines are committed.
await new Promise<void>((resolve, reject) => {
  logger.flush((error) => (error ? reject(error) : resolve()));
});
const { rows } = await client.query(
  `SELECT count(*)::int, sum((fields->>'request')::int)::int AS sum FROM ${SCHEMA}.log_lines`,
);
await client.end();
assert.deepEqual(rows, [{ count: LINES, sum: (LINES * (LINES - 1)) / 2 }]);
console.log(`Checked: ${LINES} log lines are in the table.`);

writeLines();
await end();

function writeLines(): void {
  for (let request = 0; request < LINES; request++) {
    logger.info({ request, durationMs: 42 }, "request completed");
  }
}
