import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Pool } from "pg";

import { Copier, RowRejectedError, RowsRejectedError, type Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { sourceScenes, type AnyRow, type SourceScene } from "../helpers/source-scene.js";

const db = useDatabase();
const open = sourceScenes(db);
const openWithLetters = sourceScenes(db, true);

const COLUMNS = "id int CHECK (id <> 13), note text";

describe("a row of a source that the server rejects", () => {
  it("is passed to onReject, which is awaited before the position passes it", async () => {
    const seen: [unknown, bigint, bigint | undefined][] = [];
    const onReject = async ({ row, error }: Rejection<AnyRow>): Promise<void> => {
      assert.ok(error instanceof RowRejectedError);
      const atFirst = await scene.positionOf();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await scene.positionOf(), atFirst);
      seen.push([row["note"], scene.source.position, atFirst]);
    };
    const scene: SourceScene = await open(COLUMNS, { onReject });
    const { source } = scene;
    await source.send({ id: 1 }, 0);
    await source.send({ id: 13, note: "a" }, 5);
    await source.send({ id: 2 }, 6);
    await source.send({ id: 13, note: "b" }, 7);
    await source.flush();
    // Each time, what comes before the row may be committed, and not its position.
    for (const [index, [note, known, inLedger]] of seen.entries()) {
      assert.equal(note, ["a", "b"][index]);
      const at = [5n, 7n][index]!;
      assert.ok(known <= at && inLedger! <= at, `${note}: ${known}, ${inLedger}`);
    }
    assert.equal(seen.length, 2);
    assert.equal(source.position, 8n);
    assert.deepEqual(await scene.ids(), [1, 2]);
    await scene.copier.close();
  });

  it("ends the source before it if onReject throws, and rows of others are written", async () => {
    const onReject = ({ row }: Rejection<AnyRow>): void => {
      throw new Error(`cannot keep ${String(row["note"])}`);
    };
    await using scene = await open(COLUMNS, { onReject, flushIntervalMs: 60_000 });
    const { source, copier } = scene;
    const other = await copier.source("other", { start: 0 });
    await source.send({ id: 1 }, 0);
    await other.send({ id: 2 }, 0);
    await source.send({ id: 13, note: "a" }, 1);
    await other.send({ id: 3 }, 1);
    await copier.send({ id: 4 });
    await source.send({ id: 5 }, 2);
    await assert.rejects(source.flush(), (error) => {
      assert.ok(error instanceof RowsRejectedError);
      assert.equal(error.count, 1);
      assert.deepEqual(error.rejections[0]!.row, { id: 13, note: "a" });
      assert.equal((error.cause as Error).message, "cannot keep a");
      return true;
    });
    await assert.rejects(source.send({ id: 6 }, 3), RowsRejectedError);
    await other.flush();
    await copier.flush();
    assert.deepEqual(await scene.ids(), [1, 2, 3, 4]);
    assert.equal(other.position, 2n);
    assert.equal(await scene.positionOf(), 1n);
    assert.equal(source.position, 1n);
    const { rowsCommitted, rowsRejected, rowsBuffered } = copier.stats;
    assert.deepEqual([rowsCommitted, rowsRejected, rowsBuffered], [4, 2, 0]);
  });

  it("ends the source before it without onReject and dead letters", async () => {
    const lost: unknown[] = [];
    await using scene = await open(COLUMNS);
    const source = await scene.copier.source("s", {
      start: 0,
      onLost: (error) => void lost.push(error.code),
    });
    await source.send({ id: 1 }, 0);
    await source.send({ id: 13 }, 1);
    await source.send({ id: 2 }, 2);
    await assert.rejects(source.flush(), { code: "ROWS_REJECTED", count: 1 });
    // It is told by the source, and not by the copier.
    await scene.copier.flush();
    await source.close();
    assert.deepEqual(lost, ["ROWS_REJECTED"]);
    assert.deepEqual(await scene.ids(), [1]);
    assert.equal(await scene.positionOf("s"), 1n);
    const again = await scene.copier.source("s");
    assert.equal(again.position, 1n);
    await again.send({ id: 12 }, 1);
    await again.send({ id: 2 }, 2);
    await again.flush();
    assert.deepEqual(await scene.ids(), [1, 12, 2]);
  });

  it("takes the other rows of its position with it, and no others", async () => {
    const rejected: unknown[] = [];
    await using scene = await open(COLUMNS, {
      onReject: ({ row }) => void rejected.push(row["id"]),
    });
    const { source } = scene;
    await source.sendMany([{ id: 1 }, { id: 2 }], 0);
    await source.sendMany([{ id: 3 }, { id: 13 }, { id: 4 }], 1);
    await source.sendMany([{ id: 5 }, { id: 6 }], 2);
    await source.sendMany([], 3);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 2, 5, 6]);
    assert.deepEqual(rejected, [3, 13, 4]);
    assert.equal(source.position, 4n);
  });

  it("is a dead letter with its source and position, stored together with the position", async () => {
    await using scene = await openWithLetters(COLUMNS);
    const { source, copier } = scene;
    await source.send({ id: 1 }, 0);
    await source.send({ id: 13, note: "a" }, 5);
    await source.sendMany([{ id: 2 }, { id: 13, note: "b" }], 6);
    await copier.send({ id: 13, note: "of no source" });
    await source.flush();
    await copier.flush();
    const letters = await scene.letters();
    assert.deepEqual(
      letters.map(({ row, code, source: name, position }) => [row["note"], code, name, position]),
      [
        ["a", "ROW_REJECTED", "orders", "5"],
        [null, "ROW_REJECTED", "orders", "6"],
        ["b", "ROW_REJECTED", "orders", "6"],
        ["of no source", "ROW_REJECTED", null, null],
      ],
    );
    assert.equal(source.position, 7n);
    assert.deepEqual(await scene.ids(), [1]);
  });

  it("has no letter if the position does not pass it, and the position none without the letter", async () => {
    await using scene = await openWithLetters(COLUMNS);
    const { source, copier, ledger, name } = scene;
    // Whenever a letter can be seen, so can the position after it, and the other way round.
    await db.pool.query(`CREATE FUNCTION ${name}_same() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF (SELECT position FROM ${ledger} WHERE source = 'orders') IS DISTINCT FROM
          (SELECT coalesce(max(position) + 1, 0) FROM ${name}_letters) THEN
          RAISE EXCEPTION 'torn';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER same AFTER INSERT ON ${name}_letters DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION ${name}_same()`);
    for (let position = 0; position < 30; position++) {
      await source.send({ id: 13, note: String(position) }, position);
      if (position % 4 === 0) {
        await source.flush();
      }
    }
    await source.flush();
    const letters = await scene.letters();
    assert.deepEqual(
      letters.map(({ position }) => Number(position)),
      Array.from({ length: 30 }, (_, i) => i),
    );
    assert.equal(copier.stats.retries, 0);
  });

  it("is passed to onReject as well after its letter is committed", async () => {
    const seen: [unknown, bigint | undefined, number][] = [];
    const onReject = async ({ row }: Rejection<AnyRow>): Promise<void> => {
      seen.push([row["id"], await scene.positionOf(), (await scene.letters()).length]);
    };
    const scene: SourceScene = await openWithLetters(COLUMNS, { onReject });
    await scene.source.send({ id: 13 }, 0);
    await scene.source.flush();
    await scene.copier.flush();
    assert.deepEqual(seen, [[13, 1n, 1]]);
    await scene.copier.close();
  });

  it("may be sent again to the source by its onReject, with a later position", async () => {
    const onReject = async ({ row }: Rejection<AnyRow>): Promise<void> => {
      await scene.source.send({ id: 14, note: row["note"] }, 100);
    };
    const scene: SourceScene = await open(COLUMNS, { onReject, maxBufferedBytes: 100 });
    // The row of the handler must neither pass those that wait for room, nor wait for it.
    const sent = [
      scene.source.send({ id: 13, note: "x".repeat(90) }, 0),
      scene.source.send({ id: 1, note: "y".repeat(90) }, 1),
      scene.source.sendMany([{ id: 2, note: "y".repeat(90) }], 2),
    ];
    await Promise.all(sent);
    await eventually(() => scene.source.position === 101n, "the row is committed");
    assert.deepEqual(await scene.ids(), [1, 2, 14]);
    await scene.copier.close();
  });
});

describe("rows of a source between others", () => {
  it("do not use up lanes when the server rejects some: the next batch is stopped each time", async () => {
    await using scene = await open("id int CHECK (id > 0)", {
      maxBatchRows: 20,
      onReject: () => {},
    });
    const { copier, source, ledger } = scene;
    for (let position = 1; position <= 8000; position++) {
      await source.send({ id: position % 400 === 7 ? -1 : position }, position);
      await copier.send({ id: position });
    }
    await source.flush();
    await copier.flush();
    const lanes = await db.rows(`SELECT FROM ${ledger} WHERE source LIKE 'lane/%'`);
    assert.ok(lanes.length <= 6, `there are ${lanes.length} lanes`);
    assert.equal(copier.stats.rowsRejected, 20);
  });
});

describe("a row of a source in a database that cannot store every character", () => {
  const database = `latin1_${db.schema}`;
  const url = new URL(db.url);
  url.pathname = database;

  before(() =>
    db.pool.query(
      `CREATE DATABASE ${database} ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`,
    ),
  );
  after(() => db.pool.query(`DROP DATABASE ${database}`));

  it("ends it if there can be no letter, and has an escaped one if it cannot be encoded", async () => {
    const pool = new Pool({ connectionString: url.href });
    await pool.query("CREATE TABLE notes (id int, note text)");
    const copier = await Copier.connect<AnyRow>("notes", { pool, deadLetters: "letters" });
    const source = await copier.source("é", { start: 0 });
    await source.send({ id: 1, note: "ü" }, 0);
    await source.sendMany(
      [
        { id: 2, note: "é" },
        { id: 3, note: "€" },
      ],
      1,
    );
    await source.send({ id: 4, note: "ü" }, 2);
    await assert.rejects(source.flush(), { code: "ROWS_REJECTED" });
    const again = await copier.source("é");
    assert.equal(again.position, 1n);
    await again.send({ id: "€", note: "é" }, 1, { invalid: "dead-letter" });
    await again.flush();
    await copier.close();
    const { rows: notes } = await pool.query("SELECT id, note FROM notes");
    const { rows: letters } = await pool.query("SELECT row, source, position FROM letters");
    await pool.end();
    assert.deepEqual(notes, [{ id: 1, note: "ü" }]);
    const row = { id: "\\u{20ac}", note: "\\u{e9}" };
    assert.deepEqual(letters, [{ row, source: "é", position: "1" }]);
  });
});

describe("a source of a copier with onConflict", () => {
  const FORMS = [
    {
      form: "merge",
      ddl: "id int PRIMARY KEY, note text",
      options: { onConflict: { update: "all" } },
    },
    {
      form: "loop",
      ddl: "id int PRIMARY KEY, note text UNIQUE DEFERRABLE INITIALLY IMMEDIATE",
      options: { onConflict: { columns: ["id"], update: "all" } },
    },
  ] as const;

  for (const { form, ddl, options } of FORMS) {
    it(`writes each position once and in order: ${form}`, async () => {
      await using scene = await open(ddl, { ...options, maxBatchRows: 5 });
      const { source, copier } = scene;
      assert.equal(copier.write, form);
      for (let position = 0; position < 60; position++) {
        await source.sendMany(
          [
            { id: position % 7, note: `n${position}` },
            { id: 100 + position, note: `m${position}` },
          ],
          position,
        );
      }
      await source.flush();
      assert.equal(source.position, 60n);
      const rows = await db.rows<{ id: number; note: string }>(
        `SELECT id, note FROM ${scene.name} WHERE id < 100 ORDER BY id`,
      );
      const expected = Array.from({ length: 7 }, (_, id) => {
        return {
          id,
          note: `n${Math.max(...[53, 54, 55, 56, 57, 58, 59].filter((p) => p % 7 === id))}`,
        };
      });
      assert.deepEqual(rows, expected);
      assert.equal((await scene.ids()).length, 67);
    });
  }

  it("rejects a row in its place: what follows sees the rows before it", async () => {
    const rejected: unknown[] = [];
    const scene = await open("id int PRIMARY KEY, n int CHECK (n < 100)");
    await scene.copier.close();
    const bare = scene.name.split(".")[1]!;
    await using copier = await scene.connect({
      onConflict: { update: { n: `${bare}.n + excluded.n` } },
      onReject: ({ row }) => void rejected.push(row["n"]),
    });
    const source = await copier.source("orders");
    for (const [position, n] of [50, 40, 20, 5, 7].entries()) {
      await source.send({ id: 1, n }, position);
    }
    await source.flush();
    assert.deepEqual(await db.rows(`SELECT n FROM ${scene.name}`), [{ n: 95 }]);
    assert.deepEqual(rejected, [20, 7]);
    assert.equal(source.position, 5n);
  });
});

describe("a source of a table with row-level security", () => {
  it("writes through a stage", async () => {
    const scene = await open("id int CHECK (id <> 13)");
    await scene.copier.close();
    await db.pool.query(`ALTER TABLE ${scene.name} ENABLE ROW LEVEL SECURITY;
      ALTER TABLE ${scene.name} FORCE ROW LEVEL SECURITY;
      CREATE POLICY positive ON ${scene.name} WITH CHECK (id > 0)`);
    const role = `r_${db.schema}`;
    await db.pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${db.schema} TO ${role};
      GRANT ALL ON ALL TABLES IN SCHEMA ${db.schema} TO ${role}`);
    try {
      const rejected: unknown[] = [];
      const databaseUrl = `${db.url}${db.url.includes("?") ? "&" : "?"}options=-crole%3D${role}`;
      await using copier = await scene.connect({
        databaseUrl,
        onReject: ({ row }) => void rejected.push(row["id"]),
      });
      assert.equal(copier.write, "stage");
      const source = await copier.source("orders");
      for (const [position, id] of [1, -1, 2, 13, 3].entries()) {
        await source.send({ id }, position);
      }
      await source.flush();
      assert.equal(source.position, 5n);
      assert.deepEqual(rejected, [-1, 13]);
      assert.deepEqual(await scene.ids(), [1, 2, 3]);
    } finally {
      await db.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });
});
