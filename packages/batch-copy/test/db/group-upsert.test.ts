import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { Pool } from "pg";

import { CopierGroup, type ConflictOptions } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { lockTable } from "../helpers/group-tables.js";
import type { Row } from "../helpers/upserting.js";

const db = useDatabase();
const lockers = new Pool({ connectionString: databaseUrl, max: 2 });
after(() => lockers.end());

/** Tables, and how they are written. */
const TABLES: readonly [
  name: string,
  ddl: string,
  form: string,
  onConflict?: ConflictOptions<Row>,
][] = [
  ["copied", "id int, n int", "copy"],
  ["merged", "id int PRIMARY KEY, n int", "merge", { update: "all" }],
  ["ignored", "id int PRIMARY KEY, n int", "merge", { update: "nothing" }],
  ["checked", "id int PRIMARY KEY, n int CHECK (n <> 13)", "merge", { update: "all" }],
  ["counted", "id int PRIMARY KEY, n int", "loop", { update: { n: "counted.n + 1" } }],
];

describe("tables of a group", () => {
  for (const connections of [1, 2, 4]) {
    it(`have each their own onConflict and form, over ${connections} connections`, async () => {
      await using group = await CopierGroup.connect({ databaseUrl, connections, maxBatchRows: 20 });
      const refused: unknown[] = [];
      const copiers = [];
      for (const [name, ddl, form, onConflict] of TABLES) {
        await db.pool.query(`DROP TABLE IF EXISTS ${db.schema}.${name};
          CREATE TABLE ${db.schema}.${name} (${ddl})`);
        const copier = await group.copier<Row>(`${db.schema}.${name}`, {
          ...(onConflict && { onConflict }),
          onReject: ({ row }) => void refused.push(row["n"]),
        });
        assert.equal(copier.write, form);
        copiers.push(copier);
      }
      for (let n = 0; n < 100; n++) {
        await Promise.all(copiers.map((copier) => copier.send({ id: n % 10, n })));
      }
      await group.flush();
      assert.deepEqual(refused, [13]);
      const sums = await Promise.all(
        TABLES.map(async ([name]) => {
          const [sum] = await db.rows<{ sum: number }>(
            `SELECT sum(n)::int AS sum FROM ${db.schema}.${name}`,
          );
          return sum!.sum;
        }),
      );
      // Ten keys: all rows; the last, the first, the last of each; and the first, plus nine.
      assert.deepEqual(sums, [4950, 945, 45, 945, 135]);
    });
  }

  it("are not held up by one that is locked, whose batches wait for their turn without a connection", async () => {
    const url = new URL(databaseUrl);
    url.searchParams.set("application_name", `turns_${db.schema}`);
    await using group = await CopierGroup.connect({
      databaseUrl: url.href,
      connections: 3,
      maxBatchRows: 5,
    });
    const [locked, healthy] = ["locked", "healthy"].map((name) => `${db.schema}.${name}`);
    for (const name of [locked, healthy]) {
      await db.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY, n int)`);
      await group.copier(name!, { onConflict: { update: "all" } });
      await group.insert(name!, { id: 0, n: -1 });
    }
    const release = await lockTable(lockers, locked!);
    let sent: Promise<void>[] = [];
    try {
      sent = Array.from({ length: 200 }, (_, n) => group.insert(locked!, { id: n % 3, n }));
      const application = "SELECT FROM pg_locks WHERE relation = $1::regclass AND NOT granted";
      await eventually(
        async () => (await db.rows(application, [locked])).length > 0,
        "a batch waits for the lock",
      );
      await eventually(() => group.stats.retries > 0, "it has given way");
      const copying = await db.rows(
        "SELECT FROM pg_stat_activity WHERE application_name = $1 AND state = 'active' AND wait_event = 'ClientRead'",
        [`turns_${db.schema}`],
      );
      assert.equal(copying.length, 0, "no batch keeps its connection while it waits for its turn");
      let slowest = 0;
      for (let n = 0; n < 100; n++) {
        const start = performance.now();
        await group.insert(healthy!, { id: n % 7, n });
        slowest = Math.max(slowest, performance.now() - start);
      }
      assert.ok(slowest < 1000, `an insert took ${slowest} ms`);
    } finally {
      await release();
    }
    await Promise.all(sent);
    assert.deepEqual(await db.rows(`SELECT id, n FROM ${locked} ORDER BY id`), [
      { id: 0, n: 198 },
      { id: 1, n: 199 },
      { id: 2, n: 197 },
    ]);
  });
});
