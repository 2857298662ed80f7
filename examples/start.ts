/**
 * The demonstration of `npm start`: many producers, many rows, and a check of what the server stored.
 */
import { CALLERS, measureInsert, measurePool, POOL_SIZE } from "./start/insert.js";
import type { Measurement } from "./start/measure.js";
import { MetricsTable } from "./start/metrics.js";
import { isComplete, report, rowsPerSecond } from "./start/report.js";
import { measureSend, type SendOptions } from "./start/send.js";
import { readArguments, readInteger } from "./support/arguments.js";
import { formatNumber } from "./support/numbers.js";

const HELP = `Usage: npm start -- [--rows N] [--producers N]
  --rows N       how many rows to send (default 2000000)
  --producers N  how many producers send them, each awaiting send() (default 2048)`;

const MOST_ROWS = 10_000_000_000;
const MOST_PRODUCERS = 1_000_000;

const { values } = readArguments({
  options: {
    rows: { type: "string", default: "2000000" },
    producers: { type: "string", default: "2048" },
    help: { type: "boolean" },
  },
});
if (values.help) {
  console.log(HELP);
} else {
  const rows = readInteger("--rows", values.rows, 1, MOST_ROWS);
  const producers = readInteger("--producers", values.producers, 1, MOST_PRODUCERS);
  process.exitCode = await runUntilInterrupted({ rows, producers });
}

/** Returns the exit code. */
async function runUntilInterrupted(options: SendOptions): Promise<number> {
  const interrupt = new AbortController();
  process.on("SIGINT", () => interrupt.abort());
  const tableOnServer = new MetricsTable();
  await tableOnServer.create();
  try {
    const results = await demonstrate(tableOnServer, options, interrupt.signal);
    return results.every(isComplete) ? 0 : 1;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    console.log("Interrupted.");
    return 130;
  } finally {
    await tableOnServer.drop();
  }
}

async function demonstrate(
  tableOnServer: MetricsTable,
  options: SendOptions,
  signal: AbortSignal,
): Promise<Measurement[]> {
  const { rows, producers } = options;
  console.log(
    `${formatNumber(producers)} producers send ${formatNumber(rows)} rows, each awaiting send().`,
  );
  const send = await measureSend(tableOnServer, options, signal);
  console.log(`\n${report({ "send()": send })}\n`);

  console.log(
    `${CALLERS} callers write single rows for a second: insert(), and INSERT through a pg.Pool of ${POOL_SIZE}.`,
  );
  const insert = await measureInsert(tableOnServer, signal);
  const pool = await measurePool(tableOnServer, signal);
  console.log(`\n${report({ "insert()": insert, "pg.Pool": pool })}\n`);

  const ratio = formatNumber(rowsPerSecond(insert) / rowsPerSecond(pool), 1);
  console.log(`insert() writes ${ratio} times as many rows per second as the pool.`);
  return [send, insert, pool];
}
