import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Copier } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { openUpsert, type Row } from "../helpers/upserting.js";

const db = useDatabase();

const ROWS = [1, 2, 1, 3, 1].map((id, n) => ({ id, n }));

/** Committed, updated, ignored, skipped, and rejected rows. */
function countsOf({ stats }: Copier<Row>): number[] {
  const { rowsCommitted, rowsUpdated, rowsIgnored, rowsSkipped, rowsRejected } = stats;
  return [rowsCommitted, rowsUpdated, rowsIgnored, rowsSkipped, rowsRejected];
}

const COLUMNS = "id int PRIMARY KEY, n int";
const SKIP_SECOND = `CREATE FUNCTION $t_skip() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW; END';
  CREATE TRIGGER skip BEFORE INSERT ON $t FOR EACH ROW EXECUTE FUNCTION $t_skip()`;

describe("the statistics of upserts", () => {
  it("tell inserted, updated and ignored rows apart, over transactions of one connection", async () => {
    for (const [update, first, second] of [
      ["all", [5, 2, 0, 0, 0], [10, 7, 0, 0, 0]],
      [["n"], [5, 2, 0, 0, 0], [10, 7, 0, 0, 0]],
      ["nothing", [3, 0, 2, 0, 0], [3, 0, 7, 0, 0]],
    ] as const) {
      const { copier } = await openUpsert(db, COLUMNS, { connections: 1, onConflict: { update } });
      await copier.sendMany(ROWS);
      await copier.flush();
      assert.deepEqual(countsOf(copier), first, String(update));
      await copier.sendMany(ROWS);
      await copier.close();
      assert.deepEqual(countsOf(copier), second, String(update));
    }
  });

  it("count refused rows apart, and rows that were isolated with the others", async () => {
    const { copier } = await openUpsert(db, `${COLUMNS} CHECK (n <> 2)`, {
      onConflict: { update: ["n"] },
    });
    await copier.sendMany(ROWS);
    await copier.close();
    assert.deepEqual(countsOf(copier), [4, 1, 0, 0, 1]);
  });

  it("do not tell updates where the server does not, and nothing false", async () => {
    const off = new URL(db.url);
    off.searchParams.set("options", "-c track_counts=off");
    const { copier } = await openUpsert(db, COLUMNS, {
      databaseUrl: off.href,
      onConflict: { update: "all" },
    });
    await copier.sendMany(ROWS);
    await copier.close();
    assert.deepEqual(countsOf(copier), [5, 0, 0, 0, 0]);

    const setup = `DROP TABLE $t; CREATE TABLE $t (id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
      CREATE TABLE $t_1 PARTITION OF $t FOR VALUES FROM (0) TO (2);
      CREATE TABLE $t_2 PARTITION OF $t FOR VALUES FROM (2) TO (9)`;
    const parted = await openUpsert(db, COLUMNS, { onConflict: { update: "all" } }, setup);
    await parted.copier.sendMany(ROWS);
    await parted.copier.close();
    assert.deepEqual(countsOf(parted.copier), [5, 0, 0, 0, 0]);
  });

  it("count a row that a trigger skips as skipped without onConflict", async () => {
    const setup = `${SKIP_SECOND}; CREATE RULE none AS ON INSERT TO $t WHERE false DO ALSO NOTHING`;
    const staged = await openUpsert(db, "id int, n int", {}, setup);
    assert.equal(staged.copier.write, "stage");
    await staged.copier.sendMany(ROWS);
    await staged.copier.close();
    assert.equal((await staged.found()).length, 4);
  });
});
