// @ts-check
// A day's outage in small: npm run test:outage -- [GIGABYTES]
// The server is stopped while so many gigabytes go to the spool, 5 by default; then it is started again,
// and the spool is drained. Prints memory and rows over time, and compares the rate with that of a copier
// without a spool. Checks that memory stays flat, that each row is in the table once, that rows are
// committed in order, and that nothing stays on disk. Server and spool are in temporary folders: TMPDIR
// must be on a disk, with room for eight times as much.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";

import { startServer } from "@batch-copy/test-server";

import { Copier } from "../packages/batch-copy/dist/index.js";
import { check, failedChecks } from "./spool-outage/checks.mjs";
import { MemoryWatch } from "./spool-outage/memory-watch.mjs";
import { NumberedRows, tableOfRows, totalsOf, totalsQuery } from "./spool-outage/numbered-rows.mjs";

/** @import { Row } from "./spool-outage/numbered-rows.mjs" */

const MAX_BUFFERED_BYTES = 64 * 2 ** 20;
const ROWS_BEFORE = 1000;
const PRINT_EVERY_MS = 2000;
/** A look reads the whole table, so it is looked at only as long as it is small. */
const LOOKS_AT_ORDER = 5;
const LOOK_EVERY_MS = 200;

const gigabytes = Number(process.argv[2] ?? 5);
if (!(gigabytes > 0)) {
  console.error("Usage: npm run test:outage -- [GIGABYTES]");
  process.exit(2);
}

const spooled = tableOfRows("spooled");
const plain = tableOfRows("plain");
const directory = mkdtempSync(join(tmpdir(), "batch-copy-outage-"));
const server = await startServer({ durable: true });
try {
  await server.query(`${spooled.ddl} ${plain.ddl}`);
  const copier = await Copier.connect(spooled, {
    databaseUrl: server.url,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    spool: { directory, maxBytes: Math.max(2 ** 30, 2 * gigabytes * 1e9) },
    onReject({ error }) {
      throw error;
    },
  });
  const rows = await fill(copier);
  const rate = await drain(copier, rows);
  await copier.close();
  check(readdirSync(directory).length === 0, "the spool's directory is empty");
  const [found] = await server.query(totalsQuery("spooled"));
  check(isDeepStrictEqual(found, totalsOf(rows)), `each of ${format(rows)} rows is there once`);
  await server.query("TRUNCATE spooled; CHECKPOINT");
  const plainRate = await sendWithoutSpool(rows);
  console.log(`A copier without a spool: ${format(plainRate)} rows/s.`);
  console.log(`Drained at ${(rate / plainRate).toFixed(2)} of that.`);
} finally {
  await server.stop();
  rmSync(directory, { recursive: true });
}
process.exitCode = failedChecks() === 0 ? 0 : 1;

/**
 * Sends rows while the server is away, until there are enough bytes. Returns how many rows.
 * @param {Copier<Row>} copier
 */
async function fill(copier) {
  const rows = new NumberedRows();
  await copier.sendMany(rows.until(() => rows.count === ROWS_BEFORE));
  await copier.flush();
  await server.halt("fast");
  console.log("The server is stopped.");
  const watch = new MemoryWatch(gigabytes * 1e9, () => ({
    bytes: bytesOnDisk(),
    rows: rows.count,
  }));
  await copier.sendMany(rows.until(() => watch.isDone));
  watch.end(MAX_BUFFERED_BYTES);
  return rows.count;
}

/**
 * Starts the server again, and waits until all rows are committed. Returns the rows per second since it
 * took connections.
 * @param {Copier<Row>} copier
 * @param {number} rows
 */
async function drain(copier, rows) {
  await server.resume();
  console.log("The server is back.\n     s         rows   GB on disk");
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const print = () => {
    const { rowsCommitted } = copier.stats;
    console.log(
      [
        seconds().toFixed(1).padStart(6),
        format(rowsCommitted).padStart(11),
        (bytesOnDisk() / 1e9).toFixed(2).padStart(11),
      ].join("  "),
    );
  };
  const printing = setInterval(print, PRINT_EVERY_MS);
  const end = new AbortController();
  const looking = lookAtOrder(end.signal);
  await copier.flush();
  const rate = (rows - ROWS_BEFORE) / seconds();
  clearInterval(printing);
  print();
  end.abort();
  await looking;
  console.log(`Drained: ${format(rate)} rows/s.`);
  return rate;
}

/**
 * At each moment, the rows that are committed must be the first ones.
 * @param {AbortSignal} end
 */
async function lookAtOrder(end) {
  /** @type {Map<number, number>} */
  const lasts = new Map();
  while (!end.aborted && lasts.size < LOOKS_AT_ORDER) {
    const [seen] = await server.query("SELECT count(*)::int, max(n)::int AS last FROM spooled");
    const { count, last } = /** @type {{ count: number, last: number }} */ (seen);
    lasts.set(count, last);
    await sleep(LOOK_EVERY_MS);
  }
  check(
    [...lasts].every(([count, last]) => last === count - 1),
    `rows are committed in order, seen after ${[...lasts.keys()].map(format).join(", ")} rows`,
  );
}

/**
 * Rows per second of a copier without a spool.
 * @param {number} count
 */
async function sendWithoutSpool(count) {
  const copier = await Copier.connect(plain, { databaseUrl: server.url });
  const rows = new NumberedRows();
  const startedAt = performance.now();
  await copier.sendMany(rows.until(() => rows.count === count));
  await copier.flush();
  const rate = count / ((performance.now() - startedAt) / 1000);
  await copier.close();
  return rate;
}

/** What all segments take. */
function bytesOnDisk() {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((bytes, { parentPath, name }) => {
      const stats = statSync(join(parentPath, name), { throwIfNoEntry: false });
      return bytes + (stats?.size ?? 0);
    }, 0);
}

/** @param {number} count */
function format(count) {
  return Math.round(count).toLocaleString("en-US");
}
