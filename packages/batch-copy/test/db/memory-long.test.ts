// In a file, and so in a process, of its own: other tests leave memory behind.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Copier, int4, text } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();
const MIB = 1024 * 1024;

function residentBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss();
}

describe("memory", () => {
  it("is after 20 million rows what it was after 2 million", async () => {
    const definition = await db.create("endless", { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}.endless SET UNLOGGED`);
    await using copier = await Copier.connect(definition, { databaseUrl });
    const residents: number[] = [];
    for (let million = 2; million <= 20; million += 2) {
      await copier.sendMany(numberedRows(2_000_000));
      await copier.flush();
      residents.push(residentBytes());
      await db.pool.query(`TRUNCATE ${db.schema}.endless`);
    }
    assert.equal(copier.stats.rowsCommitted, 20_000_000);
    const grown = residents.at(-1)! - residents[0]!;
    // Free pages and the heap's own steps come and go; one byte a row would be 18 MiB more.
    assert.ok(grown < 40 * MIB, `resident size after each 2 million rows: ${residents.join(", ")}`);
  });
});

function* numberedRows(count: number) {
  for (let id = 0; id < count; id++) {
    yield numberedRow(id);
  }
}
