import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { ConflictOptions, RowRejectedError } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { FaultProxy } from "../helpers/fault/fault-proxy.js";
import { openUpsert, type Row } from "../helpers/upserting.js";

const db = useDatabase();

interface Way {
  readonly form: string;
  readonly onConflict: ConflictOptions<Row> | undefined;
  /** Of the table. */
  readonly setup: string;
}

const WAYS: readonly Way[] = [
  { form: "merge", onConflict: { update: "nothing" }, setup: "" },
  { form: "merge", onConflict: { update: "all" }, setup: "" },
  { form: "loop", onConflict: { update: { n: "excluded.n" } }, setup: "" },
  {
    form: "stage",
    onConflict: undefined,
    setup: "CREATE RULE never AS ON INSERT TO $t WHERE false DO ALSO NOTHING",
  },
];

const COLUMNS = "id int PRIMARY KEY, n int CONSTRAINT not_13 CHECK (n <> 13)";

function summaryOf(error: RowRejectedError): unknown[] {
  return [error.sqlState, error.constraint, error.row];
}

for (const { form, onConflict, setup } of WAYS) {
  describe(`a refused row, written by ${form} of ${JSON.stringify(onConflict)},`, () => {
    it("comes back with its error to send(), sendMany() and insert(), and no other", async () => {
      const { copier, rejections, found } = await openUpsert(
        db,
        COLUMNS,
        { onConflict, maxBatchRows: 10 },
        setup,
      );
      assert.equal(copier.write, form);
      const rows = Array.from({ length: 60 }, (_, id) => ({ id, n: id % 20 === 7 ? 13 : 1 }));
      const sent = copier.sendMany(rows.slice(0, 20));
      const inserts = rows.slice(20, 40).map((row) => copier.insert(row));
      const single = rows.slice(40).map((row) => copier.send(row));
      const results = await Promise.allSettled(inserts);
      await Promise.all([sent, ...single]);
      await copier.close();
      const failed = results.flatMap((result) =>
        result.status === "rejected" ? [result.reason as RowRejectedError] : [],
      );
      assert.deepEqual(
        [...rejections.map(({ error }) => error as RowRejectedError), ...failed].map(summaryOf),
        [7, 47, 27].map((id) => ["23514", "not_13", { id, n: 13 }]),
      );
      const expected = rows.filter(({ n }) => n !== 13);
      assert.deepEqual(await found("ORDER BY id"), expected);
    });

    it("is decided in its place: a later row of its key is written, and an earlier one stays", async () => {
      if (onConflict?.update === "nothing" || onConflict === undefined) {
        return;
      }
      const { copier, rejections, found } = await openUpsert(db, COLUMNS, {
        onConflict,
        connections: 2,
        maxBatchRows: 3,
      });
      await copier.sendMany(
        [
          [1, 1],
          [1, 13],
          [2, 13],
          [2, 2],
          [3, 3],
          [3, 4],
          [3, 13],
        ].map(([id, n]) => ({ id, n })),
      );
      await copier.close();
      assert.equal(rejections.length, 3);
      assert.deepEqual(await found("ORDER BY id"), [
        { id: 1, n: 1 },
        { id: 2, n: 2 },
        { id: 3, n: 4 },
      ]);
    });

    it("costs no more than with COPY: two or three transactions", async () => {
      await using proxy = await FaultProxy.start();
      const { copier, rejections } = await openUpsert(
        db,
        COLUMNS,
        { databaseUrl: proxy.url, onConflict, maxBatchRows: 1000, flushIntervalMs: 60_000 },
        setup,
      );
      await copier.sendMany(
        Array.from({ length: 1000 }, (_, id) => ({ id, n: id % 100 === 50 ? 13 : 1 })),
      );
      await copier.close();
      assert.equal(rejections.length, 10);
      const transactions = proxy.messages("toClient", "G");
      assert.ok(transactions <= 3 * 10 + 10, `${transactions} transactions`);
    });
  });
}

describe("a row that a statement of a trigger refuses in the loop", () => {
  for (const [what, body, sqlState] of [
    ["42P01", "PERFORM FROM no_such_table", "42P01"],
    ["42501", "RAISE insufficient_privilege", "42501"],
    ["a code of its own", "RAISE 'no' USING ERRCODE = 'AB123'", "AB123"],
    ["an assertion", "ASSERT false", "P0004"],
    ["a cancellation that it raises", "RAISE query_canceled", "57014"],
    ["a serialization failure that it raises", "RAISE serialization_failure", "40001"],
  ] as const) {
    it(`is returned to its sender: ${what}`, async () => {
      const setup = `CREATE FUNCTION $t_f() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN IF NEW.n = 13 THEN ${body}; END IF; RETURN NEW; END$$;
        CREATE TRIGGER t BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_f()`;
      const { copier, rejections, found } = await openUpsert(
        db,
        "id int PRIMARY KEY, n int",
        { onConflict: { update: "all" } },
        setup,
      );
      assert.equal(copier.write, "loop");
      await copier.sendMany([1, 2, 3].map((id) => ({ id, n: id === 2 ? 13 : id })));
      await assert.rejects(copier.insert({ id: 4, n: 13 }), { sqlState });
      await copier.close();
      assert.deepEqual(
        rejections.map(({ row, error }) => [row["id"], (error as RowRejectedError).sqlState]),
        [[2, sqlState]],
      );
      assert.equal((await found()).length, 2);
    });
  }
});

describe("rows that are checked at the commit", () => {
  for (const update of ["nothing", "all"] as const) {
    it(`come back and no others: update ${update}`, async () => {
      const setup = `CREATE TABLE $t_other (id int PRIMARY KEY); INSERT INTO $t_other VALUES (1);
        ALTER TABLE $t ADD CONSTRAINT later FOREIGN KEY (n) REFERENCES $t_other DEFERRABLE INITIALLY DEFERRED`;
      const { copier, rejections, found } = await openUpsert(
        db,
        "id int PRIMARY KEY, n int",
        { onConflict: { update }, connections: 2, maxBatchRows: 20 },
        setup,
      );
      const rows = Array.from({ length: 50 }, (_, id) => ({ id, n: id % 10 === 3 ? 2 : 1 }));
      await copier.sendMany(rows);
      await copier.close();
      assert.deepEqual(
        rejections.map(({ error }) => summaryOf(error as RowRejectedError)),
        [3, 13, 23, 33, 43].map((id) => ["23503", "later", { id, n: 2 }]),
      );
      assert.equal((await found()).length, 45);
    });
  }
});
