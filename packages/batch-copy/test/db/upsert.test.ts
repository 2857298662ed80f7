import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { ConflictOptions } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { openUpsert, type Row } from "../helpers/upserting.js";

const db = useDatabase();

/** Rows of few keys, numbered in the order in which they are sent. */
function rowsOfKeys(count: number, keys: number): Row[] {
  return Array.from({ length: count }, (_, n) => ({ id: (n * 7) % keys, n }));
}

/** The last, or the first, row of each key. */
function oneOfEach(rows: readonly Row[], which: "last" | "first"): Row[] {
  const ordered = which === "last" ? rows : rows.toReversed();
  const byKey = new Map(ordered.map((row) => [row["id"], row]));
  return [...byKey.values()].toSorted((a, b) => Number(a["id"]) - Number(b["id"]));
}

const COLUMNS = "id int PRIMARY KEY, n int";

/** Ways to write, and the row of each key that must be left in the table. */
const WAYS: readonly [form: string, which: "last" | "first", onConflict: ConflictOptions<Row>][] = [
  ["merge", "last", { update: "all" }],
  ["merge", "first", { update: "nothing" }],
  ["merge", "last", { update: ["n"] }],
  ["loop", "last", { update: { n: "excluded.n" } }],
  ["loop", "last", { update: "all", where: "excluded.n > 0" }],
];

describe("rows of the same key", () => {
  for (const connections of [1, 2, 3]) {
    for (const [form, which, onConflict] of WAYS) {
      it(`keep their order in a batch and over batches: ${form} of ${JSON.stringify(onConflict)}, ${connections} connections`, async () => {
        const { copier, found } = await openUpsert(db, COLUMNS, {
          connections,
          maxBatchRows: 17,
          onConflict,
        });
        assert.equal(copier.write, form);
        const rows = rowsOfKeys(600, 13);
        await Promise.all([
          copier.sendMany(rows.slice(0, 300)),
          ...rows.slice(300, 450).map((row) => copier.insert(row)),
          ...rows.slice(450).map((row) => copier.send(row)),
        ]);
        await copier.close();
        assert.deepEqual(await found("ORDER BY id"), oneOfEach(rows, which));
      });
    }
  }

  it("are each applied by expressions that read the row before", async () => {
    for (const connections of [1, 3]) {
      const { copier, found } = await openUpsert(db, "id int PRIMARY KEY, path text", (t) => ({
        connections,
        maxBatchRows: 7,
        onConflict: { update: { path: `${t}.path || '-' || excluded.path` } },
      }));
      for (let n = 0; n < 60; n++) {
        await copier.send({ id: n % 2, path: `${n}` });
      }
      await copier.close();
      const path = (id: number): string =>
        Array.from({ length: 30 }, (_, n) => 2 * n + id).join("-");
      assert.deepEqual(await found("ORDER BY id"), [
        { id: 0, path: path(0) },
        { id: 1, path: path(1) },
      ]);
    }
  });

  it("win by a version, in whatever order they come", async () => {
    const { copier, found } = await openUpsert(db, "id int PRIMARY KEY, version int", (t) => ({
      connections: 3,
      maxBatchRows: 5,
      onConflict: { update: "all", where: `excluded.version > ${t}.version` },
    }));
    const versions = [3, 9, 1, 9, 4, 12, 2, 11, 0, 5];
    await copier.sendMany(versions.flatMap((version) => [1, 2, 3].map((id) => ({ id, version }))));
    await copier.close();
    assert.deepEqual(
      await found("ORDER BY id"),
      [1, 2, 3].map((id) => ({ id, version: 12 })),
    );
    const { rowsCommitted, rowsIgnored, rowsUpdated } = copier.stats;
    assert.deepEqual([rowsCommitted, rowsUpdated, rowsIgnored], [9, 6, 21]);
  });

  it("may be told apart by many columns, NULLs among them", async () => {
    const setup = "CREATE UNIQUE INDEX ON $t (a, b)";
    for (const update of ["all", ["n"]] as const) {
      const { copier, found } = await openUpsert(
        db,
        "a int, b int, n int",
        { maxBatchRows: 4, connections: 2, onConflict: { columns: ["a", "b"], update } },
        setup,
      );
      assert.equal(copier.write, "merge");
      const keys = [
        [1, 1],
        [1, null],
        [1, 1],
        [1, null],
        [null, null],
        [1, 2],
        [null, null],
        [1, 1],
      ];
      await copier.sendMany(keys.map(([a, b], n) => ({ a, b, n })));
      await copier.close();
      const expected = [1, 3, 4, 5, 6, 7].map((n) => ({ a: keys[n]![0], b: keys[n]![1], n }));
      assert.deepEqual(await found("ORDER BY n"), expected);
    }
  });

  it("may be found by partial and expression indexes; others are inserted", async () => {
    const partial = await openUpsert(
      db,
      "id int, gone bool, n int",
      { onConflict: { columns: ["id"], update: ["n"] } },
      "CREATE UNIQUE INDEX ON $t (id) WHERE NOT gone",
    );
    const rows = [false, true, false, true].map((gone, n) => ({ id: 1, gone, n }));
    await partial.copier.sendMany(rows);
    await partial.copier.close();
    assert.deepEqual(await partial.found("ORDER BY n"), rows.slice(1));

    const lower = await openUpsert(
      db,
      "email text, n int",
      { onConflict: { columns: ["email"], update: ["n"] } },
      "CREATE UNIQUE INDEX ON $t (lower(email))",
    );
    await lower.copier.sendMany(["A@x", "b@x", "a@X"].map((email, n) => ({ email, n })));
    await lower.copier.close();
    assert.deepEqual(await lower.found("ORDER BY n"), [
      { email: "b@x", n: 1 },
      { email: "A@x", n: 2 },
    ]);
  });
});
