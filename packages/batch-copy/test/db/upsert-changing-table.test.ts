import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { openUpsert, type Upserted } from "../helpers/upserting.js";

const db = useDatabase();

const COLUMNS = "id int PRIMARY KEY, n int";

/** Runs SQL while another session has no claim on the table. */
function alter({ name }: Upserted, sql: string): Promise<unknown> {
  return db.pool.query(sql.replaceAll("$t", name));
}

/** The messages of warnings while the work runs. */
async function warningsOf(work: () => Promise<void>): Promise<string[]> {
  const messages: string[] = [];
  const note = (warning: Error): void => void messages.push(warning.message);
  process.on("warning", note);
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  return messages;
}

async function sendPairs(upserted: Upserted, from: number): Promise<void> {
  const rows = [0, 1, 0, 1].map((id, n) => ({ id, n: from + n }));
  await Promise.all(rows.map((row) => upserted.copier.insert(row)));
}

/** Opens one over connections that are as old as a batch, so that each looks at the catalog. */
function openRestless(onConflict: { readonly update: "all" | "nothing" }): Promise<Upserted> {
  return openUpsert(db, COLUMNS, { onConflict, connectionLifetimeMs: 1 });
}

describe("a table that changes while rows are upserted", () => {
  it("is written row by row from the next connection on when a new index wants it, and no longer without", async () => {
    const upserted = await openRestless({ update: "all" });
    const { copier, rejections } = upserted;
    // In the end, each n is there once; but for a moment it is there twice.
    const send = async (n: number): Promise<void> => {
      await copier.sendMany([
        { id: 0, n },
        { id: 1, n },
        { id: 0, n: n + 1 },
      ]);
      await copier.flush();
    };
    await send(10);
    assert.deepEqual(rejections, []);
    assert.deepEqual(copier.writeReasons, []);
    await alter(upserted, "ALTER TABLE $t ADD CONSTRAINT n_once UNIQUE (n)");
    await send(20);
    assert.deepEqual(
      rejections.map(({ row }) => row),
      [{ id: 1, n: 20 }],
    );
    assert.deepEqual(copier.writeReasons, ['the unique index "n_once" beside that of onConflict']);
    await alter(upserted, "ALTER TABLE $t DROP CONSTRAINT n_once");
    await send(30);
    await copier.close();
    assert.equal(rejections.length, 1);
    assert.deepEqual(await upserted.found("ORDER BY id"), [
      { id: 0, n: 31 },
      { id: 1, n: 30 },
    ]);
  });

  it("fires a new trigger for each row from the next connection on", async () => {
    const upserted = await openRestless({ update: "all" });
    await sendPairs(upserted, 0);
    await alter(
      upserted,
      `CREATE TABLE $t_log (n int); CREATE FUNCTION $t_f() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN INSERT INTO $t_log VALUES (NEW.n); RETURN NULL; END';
       CREATE TRIGGER log AFTER INSERT OR UPDATE ON $t FOR EACH ROW EXECUTE FUNCTION $t_f()`,
    );
    await sendPairs(upserted, 10);
    await upserted.copier.close();
    assert.equal(upserted.copier.write, "loop");
    const log = await db.rows(`SELECT n FROM ${upserted.name}_log ORDER BY n`);
    assert.deepEqual(
      log,
      [10, 11, 12, 13].map((n) => ({ n })),
    );
  });

  for (const update of ["all", "nothing"] as const) {
    it(`takes rows by its new types, also those that only fit now: update ${update}`, async () => {
      const columns = "id varchar(3) PRIMARY KEY, n int";
      const upserted = await openUpsert(db, columns, { connections: 1, onConflict: { update } });
      await upserted.copier.insert({ id: "old", n: 1 });
      await alter(upserted, "ALTER TABLE $t ALTER n TYPE bigint, ALTER id TYPE varchar(9)");
      await upserted.copier.insert({ id: "mid", n: 2 });
      await upserted.copier.insert({ id: "longer", n: 5_000_000_000n }).catch(() => {});
      await upserted.copier.insert({ id: "longer", n: 5_000_000_000n });
      await upserted.copier.close();
      assert.deepEqual(await upserted.found("ORDER BY n"), [
        { id: "old", n: "1" },
        { id: "mid", n: "2" },
        { id: "longer", n: "5000000000" },
      ]);
    });

    it(`is written after it was dropped and made again, and the rows are kept meanwhile: update ${update}`, async () => {
      const upserted = await openUpsert(db, COLUMNS, { connections: 2, onConflict: { update } });
      await upserted.copier.insert({ id: 1, n: 1 });
      await alter(upserted, "DROP TABLE $t");
      const kept = [2, 3].map((id) => upserted.copier.insert({ id, n: id }));
      await eventually(() => upserted.copier.stats.retries > 3, "the rows are kept");
      await alter(upserted, `CREATE TABLE $t (${COLUMNS})`);
      await Promise.all(kept);
      await upserted.copier.insert({ id: 4, n: 4 });
      await upserted.copier.close();
      assert.deepEqual(
        await upserted.found("ORDER BY id"),
        [2, 3, 4].map((id) => ({ id, n: id })),
      );
      const sql =
        "SELECT relname FROM pg_class WHERE relname LIKE 'batch\\_copy\\_%' AND relname = $1";
      assert.deepEqual(await db.rows(sql, [upserted.bare]), []);
    });

    it(`keeps rows while its key is gone, and says why: update ${update}`, async () => {
      const upserted = await openUpsert(db, COLUMNS, { connections: 1, onConflict: { update } });
      await upserted.copier.insert({ id: 1, n: 1 });
      await alter(upserted, `ALTER TABLE $t DROP CONSTRAINT ${upserted.bare}_pkey`);
      let kept: Promise<void>[] = [];
      const warnings = await warningsOf(async () => {
        kept = [2, 3, 3].map((id) => upserted.copier.insert({ id, n: id }));
        await eventually(() => upserted.copier.stats.retries > 3, "the rows are kept");
      });
      assert.equal(warnings.length, 1);
      assert.match(
        warnings[0]!,
        /rows are kept and sent again until this is fixed: .*onConflict cannot be used/s,
      );
      await alter(upserted, "ALTER TABLE $t ADD PRIMARY KEY (id)");
      await Promise.all(kept);
      await upserted.copier.close();
      assert.deepEqual(
        await upserted.found("ORDER BY id"),
        [1, 2, 3].map((id) => ({ id, n: id })),
      );
      assert.equal(upserted.copier.stats.rowsRejected, 0);
    });
  }

  it("keeps rows while a privilege is revoked, of the table or to make a stage", async () => {
    const role = `upserter_${process.pid}`;
    await db.pool.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT USAGE ON SCHEMA ${db.schema} TO ${role}`,
    );
    const url = Object.assign(new URL(db.url), { username: role, password: "x" }).href;
    for (const update of ["all", ["n"]] as const) {
      const upserted = await openUpsert(
        db,
        COLUMNS,
        { databaseUrl: url, connections: 1, onConflict: { update } },
        `GRANT ALL ON $t TO ${role}`,
      );
      for (const privilege of ["INSERT", "UPDATE", "SELECT"]) {
        await alter(upserted, `REVOKE ${privilege} ON $t FROM ${role}`);
        const { retries } = upserted.copier.stats;
        const kept = [1, 1, 2].map((id) => upserted.copier.insert({ id, n: 1 }));
        await eventually(
          () => upserted.copier.stats.retries > retries + 3,
          `rows are kept without ${privilege}`,
        );
        await alter(upserted, `GRANT ${privilege} ON $t TO ${role}`);
        await Promise.all(kept);
      }
      await upserted.copier.close();
      assert.equal(upserted.copier.stats.rowsRejected, 0);
    }
    await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });
});
