import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, text } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();
const MIB = 1024 * 1024;

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

describe("memory", () => {
  it("stays within maxBufferedBytes while the server is stalled, and everything arrives", async () => {
    const definition = await db.create("stalled", { id: int4, note: text });
    const maxBufferedBytes = 8 * MIB;
    await using copier = await Copier.connect(definition, { databaseUrl, maxBufferedBytes });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.stalled`);
    const before = residentBytes();
    // 26 MB of rows: 8 MiB go into the buffer, the others wait, encoded, in some 75 000 sends.
    const padding = "x".repeat(230);
    const count = 110_000;
    const sends = Array.from({ length: count }, (_, id) => copier.send({ id, note: padding }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { bytesBuffered, bytesWaiting, rowsAccepted } = copier.stats;
    assert.ok(bytesBuffered <= maxBufferedBytes && bytesBuffered > maxBufferedBytes - 1000);
    assert.ok(count - rowsAccepted > 70_000, `${count - rowsAccepted} senders wait`);
    assert.ok(bytesWaiting > (count - rowsAccepted) * 230, `${bytesWaiting} bytes wait`);
    // Beside its encoded row a sender holds a promise and a place in the queue: well under 1 KB.
    const grown = residentBytes() - before;
    const allowed = maxBufferedBytes + bytesWaiting + (count - rowsAccepted) * 1000 + 16 * MIB;
    assert.ok(grown < allowed, `grew by ${grown} bytes, ${allowed} allowed`);
    await client.query("COMMIT");
    client.release();
    await Promise.all(sends);
    await copier.flush();
    const [found] = await db.rows(
      `SELECT count(*)::int AS n, count(DISTINCT id)::int AS ids, min(length(note)) AS size FROM ${db.schema}.stalled`,
    );
    assert.deepEqual(found, { n: count, ids: count, size: 230 });
  });

  it("does not grow by batches that are small and many while the server is stalled", async () => {
    const definition = await db.create("tiny_batches", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl, maxBatchRows: 1 });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.tiny_batches`);
    const before = residentBytes();
    const count = 20_000;
    await copier.sendMany(numberedRows(count));
    const grown = residentBytes() - before;
    // A batch takes some hundred bytes beside its rows; a page for each would take 1.3 GB.
    assert.ok(grown < 48 * MIB, `grew by ${grown} bytes`);
    await client.query("COMMIT");
    client.release();
    await copier.flush();
    await assertNumberedRows(db, "tiny_batches", count);
  });
});

function* numberedRows(count: number) {
  for (let id = 0; id < count; id++) {
    yield numberedRow(id);
  }
}
