// @ts-check
// A day's outage in small: npm run test:outage -- [GIGABYTES] [--connect-away]
// The server is stopped while so many gigabytes go to the spool, 5 by default; then it is started again,
// and the spool is drained. Prints memory and rows over time, and compares the rate with that of a copier
// without a spool. With --connect-away, the server is stopped before the copier connects. Checks that memory stays flat, that each row is in the table once, that rows are
// committed in order, and that nothing stays on disk. Server and spool are in temporary folders: TMPDIR
// must be on a disk, with room for eight times as much.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual, parseArgs } from "node:util";

import { startServer } from "@batch-copy/test-server";

import { Copier } from "../packages/batch-copy/dist/index.js";
import { check, failedChecks } from "./spool-outage/checks.mjs";
import { MemoryWatch } from "./spool-outage/memory-watch.mjs";
import { NumberedRows, tableOfRows, totalsOf, totalsQuery } from "./spool-outage/numbered-rows.mjs";

/** @import { Row } from "./spool-outage/numbered-rows.mjs" */

const MAX_BUFFERED_BYTES = 64 * 2 ** 20;
const ROWS_BEFORE = 1000;
/** Spools keep there what they know of tables. */
const KNOWN_TABLES = ".tables";
const PRINT_EVERY_MS = 2000;
/** A look reads the whole table, so it is looked at only as long as it is small. */
const LOOKS_AT_ORDER = 5;
const LOOK_EVERY_MS = 200;

const { values, positionals } = parseArgs({
  options: { "connect-away": { type: "boolean", default: false } },
  allowPositionals: true,
});
const gigabytes = Number(positionals[0] ?? 5);
if (!(gigabytes > 0) || positionals.length > 1) {
  console.error("Usage: npm run test:outage -- [GIGABYTES] [--connect-away]");
  process.exit(2);
}

const spooled = tableOfRows("spooled");
const plain = tableOfRows("plain");
const directory = mkdtempSync(join(tmpdir(), "batch-copy-outage-"));
const server = await startServer({ durable: true });
try {
  await server.query(`${spooled.ddl} ${plain.ddl}`);
  const numbered = new NumberedRows();
  const copier = await (values["connect-away"] ? connectAway() : connectBefore(numbered));
  const committed = numbered.count;
  await fill(copier, numbered);
  const rows = numbered.count;
  const rate = (rows - committed) / (await drain(copier));
  console.log(`Drained: ${format(rate)} rows/s.`);
  await copier.close();
  check(
    readdirSync(directory).every((name) => name === KNOWN_TABLES),
    "no rows are left on disk",
  );
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

/** As a process that was started during the outage. */
async function connectAway() {
  await stopServer();
  return connect();
}

/**
 * As a process that has written rows before.
 * @param {NumberedRows} rows
 */
async function connectBefore(rows) {
  const copier = await connect();
  await copier.sendMany(rows.until(() => rows.count === ROWS_BEFORE));
  await copier.flush();
  await stopServer();
  return copier;
}

async function stopServer() {
  await server.halt("fast");
  console.log("The server is stopped.");
}

function connect() {
  return Copier.connect(spooled, {
    databaseUrl: server.url,
    maxBufferedBytes: MAX_BUFFERED_BYTES,
    spool: { directory, maxBytes: Math.max(2 ** 30, 2 * gigabytes * 1e9) },
    onReject({ error }) {
      throw error;
    },
  });
}

/**
 * Sends rows until there are enough bytes.
 * @param {Copier<Row>} copier
 * @param {NumberedRows} rows
 */
async function fill(copier, rows) {
  const watch = new MemoryWatch(gigabytes * 1e9, () => ({
    bytes: bytesOnDisk(),
    rows: rows.count,
  }));
  await copier.sendMany(rows.until(() => watch.isDone));
  watch.end(MAX_BUFFERED_BYTES);
}

/**
 * Starts the server again, and waits until all rows are committed. Returns how many seconds that took
 * since it takes connections.
 * @param {Copier<Row>} copier
 */
async function drain(copier) {
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
  const took = seconds();
  clearInterval(printing);
  print();
  end.abort();
  await looking;
  return took;
}

/**
 * At each moment, the rows that are committed must be the first ones.
 * @param {AbortSignal} end
 */
async function lookAtOrder(end) {
  /** @type {Map<number, number>} */
  const lasts = new Map();
  while (!end.aborted && lasts.size < LOOKS_AT_ORDER) {
    const [seen] = await server.query(
      "SELECT count(*)::int, coalesce(max(n), -1)::int AS last FROM spooled",
    );
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
