import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import {
  Copier,
  EncodeError,
  int4,
  resendDeadLetters,
  RowRejectedError,
  SchemaMismatchError,
  table,
  type CopierOptions,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";

const db = useDatabase();
let tables = 0;

type AnyCopier = Copier<Record<string, unknown>>;

interface Scene {
  readonly name: string;
  readonly deadLetters: string;
  readonly copier: AnyCopier;
}

/** A copier to a new table `(id int PRIMARY KEY, "full_name" text)`. */
async function open(
  options: CopierOptions<Record<string, unknown>> = {},
  deadLetters = `${db.schema}.letters_${tables}`,
): Promise<Scene> {
  const name = `${db.schema}.t${tables++}`;
  await db.pool.query(`CREATE TABLE ${name} (id int PRIMARY KEY, full_name text)`);
  const copier = await Copier.connect(name, {
    databaseUrl: db.url,
    deadLetters,
    names: "snake_case",
    ...options,
  });
  return { name, deadLetters, copier };
}

/** Sends rows with these ids while the table accepts none of them. */
async function reject({ name, copier }: Scene, ids: readonly number[]): Promise<void> {
  await db.pool.query(`ALTER TABLE ${name} ADD CONSTRAINT none CHECK (false)`);
  await copier.sendMany(ids.map((id) => ({ id, fullName: `n${id}` })));
  await copier.flush();
  await db.pool.query(`ALTER TABLE ${name} DROP CONSTRAINT none`);
}

function idsIn(name: string): Promise<number[]> {
  return db
    .rows<{ id: number }>(`SELECT id FROM ${name} ORDER BY id`)
    .then((rows) => rows.map(({ id }) => id));
}

async function countOf(name: string): Promise<number> {
  const [row] = await db.rows<{ count: number }>(`SELECT count(*)::int AS count FROM ${name}`);
  return row!.count;
}

describe("resendDeadLetters()", () => {
  it("writes the rows in order, removes their letters, and leaves those of other tables", async () => {
    const scene = await open();
    const other = await open({}, scene.deadLetters);
    // More than one query returns.
    const ids = Array.from({ length: 1100 }, (_, i) => 2000 - i);
    await reject(scene, ids);
    await reject(other, [7]);
    assert.equal(await countOf(scene.deadLetters), ids.length + 1);
    assert.deepEqual(await resendDeadLetters(scene.copier), { sent: ids.length, refused: [] });
    const written = await db.rows(`SELECT * FROM ${scene.name} ORDER BY ctid`);
    assert.deepEqual(
      written,
      ids.map((id) => ({ id, full_name: `n${id}` })),
    );
    assert.equal(await countOf(scene.deadLetters), 1);
    assert.deepEqual(await resendDeadLetters(scene.copier), { sent: 0, refused: [] });
    await scene.copier.close();
    await other.copier.close();
  });

  it("tells tables of the same name in several schemas apart", async () => {
    const deadLetters = `${db.schema}.letters_of_two`;
    const copiers: Copier<{ id: number }>[] = [];
    for (const schema of [`${db.schema}_a`, `${db.schema}_b`]) {
      await db.pool.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.same (id int)`);
      const options = { connectionString: db.url, options: `-c search_path=${schema}` };
      const same = table("same", { id: int4 });
      copiers.push(await Copier.connect(same, { connection: options, deadLetters }));
      await db.pool.query(`ALTER TABLE ${schema}.same ADD CONSTRAINT none CHECK (false)`);
      await copiers.at(-1)!.send({ id: copiers.length });
      await copiers.at(-1)!.flush();
      await db.pool.query(`ALTER TABLE ${schema}.same DROP CONSTRAINT none`);
    }
    assert.equal((await resendDeadLetters(copiers[1]!)).sent, 1);
    assert.deepEqual(await idsIn(`${db.schema}_a.same`), []);
    assert.deepEqual(await idsIn(`${db.schema}_b.same`), [2]);
    await Promise.all(copiers.map((copier) => copier.close()));
    await db.pool.query(`DROP SCHEMA ${db.schema}_a, ${db.schema}_b CASCADE`);
  });

  it("returns the rows that are rejected again, whose letters stay, with their errors", async () => {
    const scene = await open();
    await reject(scene, [1, 2, 3]);
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (2)`);
    const { sent, refused } = await resendDeadLetters(scene.copier);
    assert.equal(sent, 2);
    assert.deepEqual(
      refused.map(({ row }) => row),
      [{ id: "2", fullName: "n2" }],
    );
    const { error, id } = refused[0]!;
    assert.ok(error instanceof RowRejectedError);
    assert.equal(error.sqlState, "23505");
    assert.match(error.detail!, /Key \(id\)=\(2\) already exists/);
    const left = await db.rows<{ id: string }>(`SELECT id FROM ${scene.deadLetters}`);
    assert.deepEqual(left, [{ id: String(id) }]);
    await scene.copier.close();
  });

  it("returns rows that a constraint rejects at the commit", async () => {
    const scene = await open();
    await reject(scene, [1, 2]);
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (-1, 'n1')`);
    await db.pool.query(
      `ALTER TABLE ${scene.name} ADD UNIQUE (full_name) DEFERRABLE INITIALLY DEFERRED`,
    );
    const { sent, refused } = await resendDeadLetters(scene.copier);
    assert.equal(sent, 1);
    assert.equal(refused.length, 1);
    assert.equal(refused[0]!.row["fullName"], "n1");
    await scene.copier.close();
  });

  it("sends the letters that the condition selects", async () => {
    const scene = await open();
    await reject(scene, [1, 2, 3]);
    const where = `("row"->>'id')::int > 1 OR code = 'none' -- comment`;
    assert.equal((await resendDeadLetters(scene.copier, { where })).sent, 2);
    assert.deepEqual(await idsIn(scene.name), [2, 3]);
    // Those that are sent are not asked for again, whatever the condition says.
    await db.pool.query(`INSERT INTO ${scene.name} VALUES (1)`);
    const all = await resendDeadLetters(scene.copier, { where: "false) OR (true" });
    assert.equal(all.refused.length, 1);
    await assert.rejects(resendDeadLetters(scene.copier, { where: "nonsense = 1" }), {
      code: "CONNECT_FAILED",
      message: /column "nonsense" does not exist/,
    });
    await scene.copier.close();
  });

  it("returns letters that do not have the columns of the copier, which would lose values", async () => {
    const scene = await open();
    await reject(scene, [1, 2, 3]);
    await db.pool.query(
      `UPDATE ${scene.deadLetters} SET "row" = "row" - 'full_name' WHERE "row"->>'id' = '1'`,
    );
    await db.pool.query(
      `UPDATE ${scene.deadLetters} SET "row" = "row" || '{"old": "x"}' WHERE "row"->>'id' = '2'`,
    );
    const { sent, refused } = await resendDeadLetters(scene.copier);
    assert.equal(sent, 1);
    for (const { error } of refused) {
      assert.ok(error instanceof EncodeError);
    }
    assert.deepEqual(
      refused.map(({ error }) => error.message),
      [
        'column "full_name" (fullName): the letter has no value for column "full_name" (fullName)',
        'column "old": the copier does not fill this column',
      ],
    );
    await scene.copier.close();
  });

  it("writes a row that was mended in its letter", async () => {
    const scene = await open();
    await reject(scene, [1]);
    await db.pool.query(
      `UPDATE ${scene.deadLetters} SET "row" = "row" || '{"id": 42, "full_name": null}'`,
    );
    assert.equal((await resendDeadLetters(scene.copier)).sent, 1);
    assert.deepEqual(await db.rows(`SELECT * FROM ${scene.name}`), [{ id: 42, full_name: null }]);
    await scene.copier.close();
  });

  it("writes the number that a letter was mended with, with all its digits", async () => {
    const name = `${db.schema}.amounts`;
    await db.pool.query(`CREATE TABLE ${name} (amount numeric, note text)`);
    const deadLetters = `${db.schema}.letters_of_amounts`;
    const copier: AnyCopier = await Copier.connect(name, { databaseUrl: db.url, deadLetters });
    await db.pool.query(`ALTER TABLE ${name} ADD CONSTRAINT none CHECK (amount > 0)`);
    await copier.send({ amount: "-1", note: null });
    await copier.flush();
    await db.pool.query(
      `UPDATE ${deadLetters} SET "row" = '{"amount": 12345678901234567891.50, "note": {"a": [true]}}'`,
    );
    assert.deepEqual(await resendDeadLetters(copier), { sent: 1, refused: [] });
    assert.deepEqual(await db.rows(`SELECT amount::text, note FROM ${name}`), [
      { amount: "12345678901234567891.50", note: '{"a": [true]}' },
    ]);
    await copier.close();
  });

  it("returns letters that are no object", async () => {
    const scene = await open();
    await reject(scene, [1, 2, 3, 4]);
    for (const [id, row] of [
      [1, "null"],
      [2, "[1]"],
      [3, '"text"'],
    ]) {
      await db.pool.query(
        `UPDATE ${scene.deadLetters} SET "row" = '${row}' WHERE "row"->>'id' = '${id}'`,
      );
    }
    const { sent, refused } = await resendDeadLetters(scene.copier);
    assert.equal(sent, 1);
    assert.deepEqual(
      refused.map(({ row, error }) => [row, error.message]),
      Array.from({ length: 3 }, () => [{}, "row: the letter is not a JSON object"]),
    );
    await scene.copier.close();
  });

  it("returns letters that a policy or a trigger keeps from being deleted", async () => {
    const scene = await open();
    await reject(scene, [1]);
    await db.pool.query(`
      CREATE FUNCTION ${scene.deadLetters}_keep() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RETURN NULL; END $$;
      CREATE TRIGGER keep BEFORE DELETE ON ${scene.deadLetters}
        FOR EACH ROW EXECUTE FUNCTION ${scene.deadLetters}_keep()`);
    const { sent, refused } = await resendDeadLetters(scene.copier);
    assert.equal(sent, 0);
    assert.match(refused[0]!.error.message, /a policy or a trigger keeps the letter from/);
    assert.deepEqual(await idsIn(scene.name), []);
    await scene.copier.close();
  });

  it("writes all rows whose letters have the same id, and leaves those of other tables", async () => {
    const deadLetters = `${db.schema}.letters_of_one_id`;
    const first = await open({}, deadLetters);
    const other = await open({}, deadLetters);
    await reject(first, [1, 2]);
    await reject(other, [3]);
    await db.pool.query(
      `ALTER TABLE ${deadLetters} DROP CONSTRAINT letters_of_one_id_pkey, ALTER id DROP IDENTITY;
       UPDATE ${deadLetters} SET id = 5`,
    );
    assert.deepEqual(await resendDeadLetters(first.copier), { sent: 2, refused: [] });
    assert.deepEqual(await idsIn(first.name), [1, 2]);
    assert.equal(await countOf(deadLetters), 1);
    await Promise.all([first.copier.close(), other.copier.close()]);
  });

  it("writes each row once if several processes do it at the same time", async () => {
    const scene = await open();
    const ids = Array.from({ length: 300 }, (_, id) => id);
    await reject(scene, ids);
    await db.pool.query(
      `ALTER TABLE ${scene.name} DROP CONSTRAINT ${scene.name.split(".")[1]}_pkey`,
    );
    const others = await Promise.all(
      [1, 2, 3].map(() =>
        Copier.connect(scene.name, {
          databaseUrl: db.url,
          deadLetters: scene.deadLetters,
          names: "snake_case",
        }),
      ),
    );
    const results = await Promise.all(others.map((copier) => resendDeadLetters(copier)));
    assert.equal(
      results.reduce((sum, { sent }) => sum + sent, 0),
      ids.length,
    );
    assert.deepEqual(await idsIn(scene.name), ids);
    assert.equal(await countOf(scene.deadLetters), 0);
    await Promise.all([scene.copier, ...others].map((copier) => copier.close()));
  });

  it("upserts as the copier does, whose upserts that are rejected become letters, too", async () => {
    const scene = await open({ onConflict: { update: "all" } });
    await db.pool.query(`ALTER TABLE ${scene.name} ADD CONSTRAINT short CHECK (full_name <> 'no')`);
    await scene.copier.sendMany([
      { id: 1, fullName: "one" },
      { id: 1, fullName: "no" },
      { id: 2, fullName: "no" },
      { id: 3, fullName: "three" },
    ]);
    await scene.copier.flush();
    assert.deepEqual(await idsIn(scene.name), [1, 3]);
    assert.equal(await countOf(scene.deadLetters), 2);
    await db.pool.query(`ALTER TABLE ${scene.name} DROP CONSTRAINT short`);
    assert.deepEqual(await resendDeadLetters(scene.copier), { sent: 2, refused: [] });
    assert.deepEqual(await db.rows(`SELECT * FROM ${scene.name} ORDER BY id`), [
      { id: 1, full_name: "no" },
      { id: 2, full_name: "no" },
      { id: 3, full_name: "three" },
    ]);
    await scene.copier.close();
  });

  it("goes on after lost connections, and writes each row once", async () => {
    const scene = await open({ retry: { minDelayMs: 1, maxDelayMs: 5 } });
    const ids = Array.from({ length: 300 }, (_, id) => id);
    await reject(scene, ids);
    await db.pool.query(
      `ALTER TABLE ${scene.name} DROP CONSTRAINT ${scene.name.split(".")[1]}_pkey`,
    );
    const resent = resendDeadLetters(scene.copier);
    let kills = 0;
    while ((await Promise.race([resent, delay(5, undefined)])) === undefined) {
      const killed = await db.rows<{ killed: boolean }>(
        `SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
         WHERE query LIKE '%${scene.name.split(".")[1]}"%' AND pid <> pg_backend_pid()`,
      );
      kills += killed.length;
    }
    assert.ok(kills > 3, `${kills} kills`);
    assert.deepEqual(await resent, { sent: ids.length, refused: [] });
    assert.deepEqual(await idsIn(scene.name), ids);
    assert.equal(await countOf(scene.deadLetters), 0);
    await scene.copier.close();
  });

  it("waits for a letter that another transaction holds, and does not send it if that removes it", async () => {
    const scene = await open();
    await reject(scene, [1, 2]);
    const holder = await db.pool.connect();
    await holder.query("BEGIN");
    await holder.query(`DELETE FROM ${scene.deadLetters} WHERE "row"->>'id' = '1'`);
    const resent = resendDeadLetters(scene.copier);
    await eventually(async () => {
      const [row] = await db.rows<{ waits: boolean }>(
        `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
         AND query LIKE 'DELETE%${scene.deadLetters.split(".")[1]}%') AS waits`,
      );
      return row!.waits;
    }, "the call waits for the letter");
    await holder.query("COMMIT");
    holder.release();
    assert.deepEqual(await resent, { sent: 1, refused: [] });
    assert.deepEqual(await idsIn(scene.name), [2]);
    await scene.copier.close();
  });

  it("retries what is temporary, and does not tell it as a rejection", async () => {
    const scene = await open({ retry: { minDelayMs: 1, maxDelayMs: 5 } });
    await reject(scene, [1]);
    const [, name] = scene.name.split(".");
    await db.pool.query(`
      CREATE SEQUENCE ${scene.name}_tries;
      CREATE FUNCTION ${scene.name}_fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('${scene.name}_tries') < 4 THEN RAISE SQLSTATE '40001'; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER fail BEFORE INSERT ON ${scene.name}
        FOR EACH ROW EXECUTE FUNCTION ${db.schema}.${name}_fail()`);
    assert.deepEqual(await resendDeadLetters(scene.copier), { sent: 1, refused: [] });
    await scene.copier.close();
  });

  it("rejects for what an operator has to fix, and the letters stay", async () => {
    const scene = await open();
    await reject(scene, [1]);
    await db.pool.query(`ALTER TABLE ${scene.name} RENAME TO renamed_${tables}`);
    await assert.rejects(resendDeadLetters(scene.copier), SchemaMismatchError);
    assert.equal(await countOf(scene.deadLetters), 1);
    await db.pool.query(`DROP TABLE ${scene.deadLetters}`);
    await assert.rejects(resendDeadLetters(scene.copier), {
      code: "CONNECT_FAILED",
      message: /letters_\d+" does not exist/,
    });
    await scene.copier.close();
  });

  it("rejects at once when the copier is closed, or its signal aborts", async () => {
    const scene = await open();
    await reject(scene, [1]);
    const reason = new Error("enough");
    const signal = AbortSignal.abort(reason);
    await assert.rejects(resendDeadLetters(scene.copier, { signal }), reason);
    await scene.copier.close();
    await assert.rejects(resendDeadLetters(scene.copier), { message: /the pool was ended/ });
    assert.equal(await countOf(scene.deadLetters), 1);
  });

  it("needs a copier with a table of dead letters, and valid options", async () => {
    const { copier } = await open({ deadLetters: undefined });
    await assert.rejects(resendDeadLetters(copier), {
      code: "INVALID_OPTION",
      message: /the copier has no table of dead letters: set the option deadLetters/,
    });
    await assert.rejects(resendDeadLetters(copier, { where: "" }), {
      code: "INVALID_OPTION",
      message: /where must be a condition as SQL/,
    });
    await assert.rejects(resendDeadLetters(copier, { limit: 1 } as never), {
      code: "INVALID_OPTION",
      message: /Unknown option "limit"/,
    });
    await copier.close();
  });
});
