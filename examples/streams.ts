/**
 * Pipes a stream of log lines through a parser into a copier's Writable, which skips bad lines.
 */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { Copier, int8, table, text, type RowOf } from "batch-copy";

import { connectToFresh, SCHEMA } from "./support/database.js";
import { formatNumber } from "./support/numbers.js";

const LINES = 100_000;
/** One line of so many has no latency. */
const BAD_LINE = 10_000;

const metrics = table("metrics", { url: text, latency_ms: int8 }, { schema: SCHEMA });
type Metric = RowOf<typeof metrics>;

/** Stands for a log file, a socket or a queue. */
function* logLines(): Iterable<string> {
  for (let n = 0; n < LINES; n++) {
    const latency = n % BAD_LINE === 0 ? "-" : n % 1000;
    yield `GET /page/${n % 50} 200 ${latency}ms`;
  }
}

async function* parseLines(lines: AsyncIterable<string>): AsyncIterable<Metric> {
  for await (const line of lines) {
    const match = /^GET (\S+) \d+ (\S+)ms$/.exec(line);
    if (match) {
      // NaN if it is not a number: the copier checks that.
      yield { url: match[1]!, latency_ms: Number(match[2]) };
    }
  }
}

const client = await connectToFresh(metrics);
const copier = await Copier.connect(metrics);

// The end of the stream is a flush. A full buffer slows the source down, as in any pipeline.
const bad: number[] = [];
const writable = copier.writable({
  onInvalid({ error }) {
    if (bad.length === 0) console.log(`Line ${error.index! + 1} is skipped: ${error.message}`);
    bad.push(error.index!);
  },
});
await pipeline(Readable.from(logLines()), parseLines, writable);
await copier.close();

const { rows } = await client.query(
  `SELECT count(*)::int AS lines, sum(latency_ms)::int AS sum FROM ${SCHEMA}.metrics`,
);
await client.end();

const good = LINES - LINES / BAD_LINE;
assert.deepEqual(rows, [{ lines: good, sum: (LINES * 999) / 2 }]);
assert.deepEqual(
  bad,
  Array.from({ length: LINES / BAD_LINE }, (_, n) => n * BAD_LINE),
);
console.log(`Checked: the ${formatNumber(good)} good lines are in the table.`);
