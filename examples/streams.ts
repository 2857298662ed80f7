/**
 * Pipes a stream of log lines through a parser into a copier's Writable.
 */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { Copier, int8, table, text, type RowOf } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";
import { formatNumber } from "./support/numbers.js";

const LINES = 100_000;

const metrics = table("metrics", { url: text, latency_ms: int8 }, { schema: SCHEMA });
type Metric = RowOf<typeof metrics>;

/** Stands for a log file, a socket or a queue. */
function* logLines(): Iterable<string> {
  for (let n = 0; n < LINES; n++) {
    yield `GET /page/${n % 50} 200 ${n % 1000}ms`;
  }
}

async function* parseLines(lines: AsyncIterable<string>): AsyncIterable<Metric> {
  for await (const line of lines) {
    const match = /^GET (\S+) \d+ (\d+)ms$/.exec(line);
    if (match) {
      yield { url: match[1]!, latency_ms: Number(match[2]) };
    }
  }
}

const client = await connectToFresh(metrics);
const copier = await Copier.connect(metrics);

// The end of the stream is a flush. A full buffer slows the source down, as in any pipeline.
await pipeline(Readable.from(logLines()), parseLines, copier.writable());
await copier.close();

const { rows } = await client.query(
  `SELECT count(*)::int AS lines, sum(latency_ms)::int AS sum FROM ${SCHEMA}.metrics`,
);
await client.end();

assert.deepEqual(rows, [{ lines: LINES, sum: (LINES * 999) / 2 }]);
console.log(`Checked: all ${formatNumber(LINES)} lines are in the table.`);
