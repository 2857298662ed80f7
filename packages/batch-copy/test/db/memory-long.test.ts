// In a file, and so in a process, of its own: other tests leave memory behind.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, text } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();
const MIB = 1024 * 1024;

/** What is alive, and what the process holds in all. V8 gives back what it held when it likes. */
function measure(): { live: number; resident: number } {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { live: heapUsed + arrayBuffers, resident: rss };
}

describe("memory", () => {
  it("is after 20 million rows what it was after 2 million", async () => {
    const definition = await db.create("endless", { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}.endless SET UNLOGGED`);
    await using copier = await Copier.connect(definition, { databaseUrl });
    const measured: ReturnType<typeof measure>[] = [];
    for (let million = 2; million <= 20; million += 2) {
      await copier.sendMany(numberedRows(2_000_000));
      await copier.flush();
      measured.push(measure());
      await db.pool.query(`TRUNCATE ${db.schema}.endless`);
    }
    assert.equal(copier.stats.rowsCommitted, 20_000_000);
    const [first, last] = [measured[0]!, measured.at(-1)!];
    const figures = JSON.stringify(measured);
    // Up to 16 MiB of free pages may come and go; one byte a row would be 17 MiB more.
    assert.ok(last.live - first.live < 24 * MIB, figures);
    assert.ok(last.resident - first.resident < 128 * MIB, figures);
  });
});

function* numberedRows(count: number) {
  for (let id = 0; id < count; id++) {
    yield numberedRow(id);
  }
}
