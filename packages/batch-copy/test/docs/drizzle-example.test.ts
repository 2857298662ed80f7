import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { useDatabase } from "../helpers/database.js";

const run = promisify(execFile);
const db = useDatabase();
const program = fileURLToPath(new URL("../../../../examples/dist/drizzle.js", import.meta.url));

describe("the example with Drizzle", () => {
  it("fills its table, and prints what Drizzle reads", async () => {
    const env = { ...process.env, DATABASE_URL: db.url };
    const { stdout, stderr } = await run(process.execPath, [program], { env, timeout: 30_000 });
    assert.equal(stderr, "");
    assert.match(stdout, /'\/hello\/world' +│ +1 +│/);
    assert.match(stdout, /The first row: \{\n {2}id: 1,\n/);
    const rows = await db.rows(
      `SELECT count(*)::int AS rows, count(DISTINCT trace_id)::int AS traces, count(tags)::int AS tags,
         count(created_at)::int AS stamps, max(latency_ms) AS latency, min(status_code) AS status
       FROM batch_copy_examples.requests`,
    );
    const filled = { rows: 10_001, traces: 10_001, tags: 5000, stamps: 10_001 };
    assert.deepEqual(rows, [{ ...filled, latency: 99, status: 200 }]);
  });
});
