import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";

import {
  Copier,
  CopierGroup,
  EncodeError,
  RowRejectedError,
  type EncodedRows,
  type Rejection,
  type RowEncoder,
} from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { sourceScenes, type AnyRow, type SourceScene } from "../helpers/source-scene.js";

const db = useDatabase();
const open = sourceScenes(db);
const openWithLetters = sourceScenes(db, true);

const COLUMNS = "id int, note text";

/** Encodes rows `(id, note)`, at the positions that their ids say. */
function encode(encoder: RowEncoder, ids: Iterable<number>, note = "n"): EncodedRows {
  for (const id of ids) {
    const line = Buffer.from(`${id},${note}`);
    const comma = line.indexOf(",");
    encoder.text(line, 0, comma);
    encoder.text(line, comma + 1, line.length);
    encoder.endRow(id);
  }
  return encoder.take();
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

/** The ids in the table. */
async function idsIn(scene: SourceScene): Promise<number[]> {
  const ids = await scene.ids();
  return ids.toSorted((a, b) => a - b);
}

/** Position and error of each rejection, in the order in which they were told. */
function rejections(): {
  told: (readonly [position: bigint | undefined, id: unknown])[];
  onReject: (rejection: Rejection<AnyRow>) => void;
} {
  const told: (readonly [bigint | undefined, unknown])[] = [];
  return {
    told,
    onReject({ position, row, error }) {
      assert.ok(error instanceof RowRejectedError);
      told.push([position, row["id"]]);
    },
  };
}

describe("encoded rows of a source", () => {
  it("are written once, and the position is after the last one", async () => {
    await using scene = await open(COLUMNS, { maxBatchRows: 64, maxBufferedBytes: 4096 });
    const { source, copier } = scene;
    const encoder = copier.encoder();
    for (let first = 0; first < 3000; first += 500) {
      await source.sendEncoded(encode(encoder, range(first, first + 500)));
    }
    await source.flush();
    assert.equal(source.position, 3000n);
    assert.equal(await scene.positionOf(), 3000n);
    assert.deepEqual(await idsIn(scene), range(0, 3000));
    const { rowsAccepted, rowsCommitted, rowsBuffered, batchesCommitted } = copier.stats;
    assert.deepEqual([rowsAccepted, rowsCommitted, rowsBuffered], [3000, 3000, 0]);
    // No batch has more than 64 rows.
    assert.ok(batchesCommitted >= Math.ceil(3000 / 64));
  });

  it("continue at the position after they were closed, and those below it are skipped", async () => {
    const scene = await open(COLUMNS);
    const encoder = scene.copier.encoder();
    await scene.source.sendEncoded(encode(encoder, [0, 5, 9]));
    await scene.source.close();
    await scene.copier.close();
    await using copier = await scene.connect({ maxBatchRows: 1 });
    const source = await copier.source("orders");
    assert.equal(source.position, 10n);
    const again = copier.encoder();
    await source.sendEncoded(encode(again, [0, 5]));
    await source.sendEncoded(encode(again, [7, 9, 10, 20]));
    await source.sendEncoded(encode(again, [21]));
    await source.flush();
    assert.deepEqual(await idsIn(scene), [0, 5, 9, 10, 20, 21]);
    assert.equal(source.position, 22n);
    assert.equal(copier.stats.rowsAccepted, 3);
  });

  it("may be mixed with send(), sendMany() and advance() in the order of positions", async () => {
    await using scene = await open(COLUMNS, { maxBatchRows: 7, flushIntervalMs: 1 });
    const { source, copier } = scene;
    const other = await copier.source("other", { start: 0 });
    const encoder = copier.encoder();
    const expected: number[] = [];
    for (let at = 0; at < 200; at += 20) {
      await source.sendEncoded(encode(encoder, range(at, at + 10)));
      await source.send({ id: at + 10 }, at + 10);
      await source.sendEncoded(encode(encoder, [at + 12]));
      await source.sendMany([{ id: at + 13 }, { id: at + 14 }], at + 14);
      await source.advance(at + 20);
      await other.sendEncoded(encode(encoder, [at]));
      await copier.send({ id: -1 });
      expected.push(...range(at, at + 11), at + 12, at + 13, at + 14);
    }
    await source.flush();
    await other.flush();
    await copier.flush();
    assert.equal(source.position, 200n);
    assert.equal(other.position, 181n);
    const ids = (await idsIn(scene)).filter((id) => id >= 0);
    const both = [...expected, ...range(0, 10).map((n) => n * 20)];
    assert.deepEqual(
      ids.toSorted((a, b) => a - b),
      both.toSorted((a, b) => a - b),
    );
  });

  it("are refused if their positions do not ascend, and others can be sent", async () => {
    await using scene = await open(COLUMNS);
    const { source, copier } = scene;
    const encoder = copier.encoder();
    await source.sendEncoded(encode(encoder, [3, 4]));
    for (const ids of [[4, 5], [0], [3, 9]]) {
      await assert.rejects(source.sendEncoded(encode(encoder, ids)), { code: "POSITION" });
    }
    await assert.rejects(source.send({ id: 4 }, 4), { code: "POSITION" });
    await source.sendEncoded(encode(encoder, []));
    await source.sendEncoded(encode(encoder, [5]));
    await source.flush();
    assert.deepEqual(await idsIn(scene), [3, 4, 5]);
  });

  it("have no option invalid, and are those of this copier's encoder", async () => {
    await using scene = await openWithLetters(COLUMNS);
    await using other = await scene.connect();
    const { source, copier } = scene;
    const encoder = copier.encoder();
    const rows = encode(encoder, [0]);
    await assert.rejects(source.sendEncoded(rows, { invalid: "dead-letter" } as never), {
      code: "INVALID_OPTION",
    });
    await assert.rejects(source.sendEncoded([{ id: 0 }] as never), TypeError);
    await assert.rejects(source.sendEncoded(encode(other.encoder(), [0])), TypeError);
    // Nothing of that has used up the position.
    await source.sendEncoded(rows);
    await source.close();
    await assert.rejects(source.sendEncoded(encode(encoder, [1])), { code: "CLOSED" });
    assert.deepEqual(await idsIn(scene), [0]);
  });

  it("are refused while they wait when the copier or the source closes, or the signal aborts", async () => {
    await using scene = await open(COLUMNS, { maxBufferedBytes: 1000, connections: 1 });
    const { source, copier } = scene;
    const other = await copier.source("other", { start: 0 });
    const blocker = await db.pool.connect();
    try {
      await blocker.query(`BEGIN; LOCK TABLE ${scene.name}`);
      await source.sendEncoded(encode(copier.encoder(), [0], "x".repeat(990)));
      const controller = new AbortController();
      const { signal } = controller;
      const aborted = source.sendEncoded(encode(copier.encoder(), [1]), { signal });
      controller.abort(new Error("enough"));
      await assert.rejects(aborted, /enough/);
      const closing = other.sendEncoded(encode(copier.encoder(), [0]));
      const closed = other.close();
      await assert.rejects(closing, { code: "CLOSED" });
      await closed;
      // The position is free again.
      const last = source.sendEncoded(encode(copier.encoder(), [1]));
      const end = copier.close();
      await assert.rejects(last, { code: "CLOSED" });
      await blocker.query("COMMIT");
      await end;
    } finally {
      blocker.release();
    }
    assert.deepEqual(await idsIn(scene), [0]);
  });

  it("are encoded again if the table was changed after the encoder was made", async () => {
    await using scene = await open("id int, note varchar(5)", { flushIntervalMs: 1 });
    const { source, copier } = scene;
    const encoder = copier.encoder();
    await source.sendEncoded(encode(encoder, [0]));
    await source.flush();
    await db.pool.query(`ALTER TABLE ${scene.name} ALTER id TYPE bigint`);
    await source.sendEncoded(encode(encoder, [1, 2]));
    await source.flush();
    await source.sendEncoded(encode(encoder, [3]));
    await source.flush();
    const anew = copier.encoder();
    await source.sendEncoded(encode(anew, [4, 3_000_000_000]));
    await source.flush();
    const rows = await db.rows<{ id: string }>(`SELECT id FROM ${scene.name} ORDER BY id`);
    assert.deepEqual(
      rows.map(({ id }) => Number(id)),
      [0, 1, 2, 3, 4, 3_000_000_000],
    );
  });

  it("go to the rows that there are, with onConflict", async () => {
    await using scene = await open("id int PRIMARY KEY, note text", {
      onConflict: { columns: ["id"], update: "all" },
      maxBatchRows: 10,
      connections: 3,
    });
    const { source, copier } = scene;
    const encoder = copier.encoder();
    await source.sendEncoded(encode(encoder, range(0, 100), "old"));
    for (const id of range(0, 100)) {
      encoder.value(id % 50);
      encoder.value(`new ${id}`);
      encoder.endRow(100 + id);
    }
    await source.sendEncoded(encoder.take());
    await source.flush();
    const rows = await db.rows<{ id: number; note: string }>(
      `SELECT id, note FROM ${scene.name} ORDER BY id`,
    );
    assert.deepEqual(
      rows,
      range(0, 100).map((id) => ({ id, note: id < 50 ? `new ${id + 50}` : "old" })),
    );
    assert.equal(source.position, 200n);
  });
});

const PICKY = `id int CHECK (id % 100 <> 13), note text UNIQUE`;

/** A trigger that refuses ids that end in 77. */
async function refuseBy77(name: string): Promise<void> {
  await db.pool.query(`
    CREATE FUNCTION ${name}_refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF new.id % 100 = 77 THEN RAISE 'no 77' USING ERRCODE = 'P7777'; END IF; RETURN new; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_refuse();`);
}

/** Ids up to 1000 with a note of their own, but for those that end in 50, whose note there is already. */
function encodePicky(encoder: RowEncoder, from: number, to: number): EncodedRows {
  for (const id of range(from, to)) {
    encoder.value(id);
    encoder.value(id % 100 === 50 ? `note ${id - 1}` : `note ${id}`);
    encoder.endRow(id * 10);
  }
  return encoder.take();
}

const REFUSED = range(0, 1000).filter((id) => [13, 50, 77].includes(id % 100));
const KEPT = range(0, 1000).filter((id) => !REFUSED.includes(id));

describe("encoded rows that the server rejects", () => {
  for (const connections of [1, 3]) {
    it(`are told to onReject with their positions, in order, by ${connections} connections`, async () => {
      const { told, onReject } = rejections();
      await using scene = await open(PICKY, { onReject, connections, maxBatchRows: 90 });
      await refuseBy77(scene.name);
      const { source, copier } = scene;
      const encoder = copier.encoder();
      for (const first of [0, 250, 600]) {
        await source.sendEncoded(encodePicky(encoder, first, first === 600 ? 1000 : first + 250));
        if (first === 250) {
          await source.sendEncoded(encodePicky(encoder, 500, 600));
        }
      }
      await source.flush();
      assert.deepEqual(
        told,
        REFUSED.map((id) => [BigInt(id * 10), id]),
      );
      assert.deepEqual(await idsIn(scene), KEPT);
      assert.equal(source.position, 9991n);
      const { rowsCommitted, rowsRejected } = copier.stats;
      assert.deepEqual([rowsCommitted, rowsRejected], [KEPT.length, REFUSED.length]);
    });
  }

  it("are dead letters with the source and their positions", async () => {
    await using scene = await openWithLetters(PICKY, { maxBatchRows: 90 });
    await refuseBy77(scene.name);
    const { source, copier } = scene;
    await source.sendEncoded(encodePicky(copier.encoder(), 0, 1000));
    await source.flush();
    const letters = await scene.letters();
    assert.deepEqual(
      letters.map(({ row, source: of, position }) => [Number(row["id"]), of, Number(position)]),
      REFUSED.map((id) => [id, "orders", id * 10]),
    );
    const states = new Map(
      letters.map(({ row, sql_state }) => [Number(row["id"]) % 100, sql_state]),
    );
    assert.deepEqual(
      [...states],
      [
        [13, "23514"],
        [50, "23505"],
        [77, "P7777"],
      ],
    );
    assert.deepEqual(await idsIn(scene), KEPT);
    assert.equal(source.position, 9991n);
  });

  it("end the source before them without onReject and dead letters", async () => {
    await using scene = await open(PICKY);
    const { source, copier } = scene;
    await source.sendEncoded(encodePicky(copier.encoder(), 0, 100));
    await assert.rejects(source.flush(), (error: { rejections: readonly Rejection[] }) => {
      assert.deepEqual(
        error.rejections.map(({ position }) => position),
        [130n],
      );
      return true;
    });
    const at = Number(await scene.positionOf());
    assert.ok(at <= 130);
    // All before the position is committed, and nothing behind it.
    assert.deepEqual(await idsIn(scene), range(0, Math.ceil(at / 10)));
  });

  it("tell the position also of send() and sendMany() of a source", async () => {
    const { told, onReject } = rejections();
    await using scene = await open(PICKY, { onReject });
    const { source, copier } = scene;
    await source.send({ id: 13 }, 5);
    await source.sendMany([{ id: 1 }, { id: 113 }], 8n);
    await copier.send({ id: 213 });
    await source.flush();
    await copier.flush();
    assert.deepEqual(told, [
      [5n, 13],
      [8n, 1],
      [8n, 113],
      [undefined, 213],
    ]);
  });

  it("tell the position of a row that could not be encoded", async () => {
    const told: unknown[] = [];
    await using scene = await openWithLetters(COLUMNS, {
      onReject: ({ position, error }) => void told.push([position, error.code]),
    });
    const { source } = scene;
    await source.send({ id: "x" }, 5, { invalid: "dead-letter" });
    await source.sendMany([{ id: 1 }, { id: "y" }], 9, { invalid: "dead-letter" });
    await source.flush();
    await eventually(() => told.length === 3, "all three are told");
    assert.deepEqual(told, [
      [5n, "ENCODE_FAILED"],
      [9n, "ENCODE_FAILED"],
      [9n, "ENCODE_FAILED"],
    ]);
  });
});

describe("encoded rows without a source", () => {
  it("are written, and their positions are told", async () => {
    const { told, onReject } = rejections();
    await using scene = await open(PICKY, { onReject, maxBatchRows: 90, connections: 1 });
    await refuseBy77(scene.name);
    const { copier } = scene;
    const encoder = copier.encoder();
    await copier.sendEncoded(encodePicky(encoder, 0, 400));
    await copier.sendEncoded(encode(encoder, []));
    await copier.sendEncoded(encodePicky(encoder, 400, 1000));
    await copier.flush();
    assert.deepEqual(
      told,
      REFUSED.map((id) => [BigInt(id * 10), id]),
    );
    assert.deepEqual(await idsIn(scene), KEPT);
  });

  it("reject flush() with their positions if there is no onReject", async () => {
    await using scene = await open(PICKY);
    const { copier } = scene;
    await copier.sendEncoded(encodePicky(copier.encoder(), 0, 30));
    await assert.rejects(copier.flush(), (error: { rejections: readonly Rejection[] }) => {
      assert.deepEqual(
        error.rejections.map(({ position }) => position),
        [130n],
      );
      return true;
    });
  });

  it("go to the tables of a group, each by its own encoder", async () => {
    await using scene = await open(COLUMNS);
    await using group = await CopierGroup.connect({ databaseUrl: db.url });
    const copier = await group.copier(scene.name, {});
    await copier.sendEncoded(encode(copier.encoder(), [1, 2]));
    await group.flush();
    assert.deepEqual(await idsIn(scene), [1, 2]);
  });

  it("are checked as others: options, and whose they are", async () => {
    await using scene = await open(COLUMNS);
    const { copier } = scene;
    await using other = await scene.connect();
    const encoder = copier.encoder();
    await assert.rejects(copier.sendEncoded(encode(encoder, [1]), { timeoutMs: 1 } as never), {
      code: "INVALID_OPTION",
    });
    await assert.rejects(other.sendEncoded(encode(encoder, [1])), TypeError);
    const aborted = { signal: AbortSignal.abort(new Error("enough")) };
    await assert.rejects(copier.sendEncoded(encode(encoder, [1]), aborted), /enough/);
    const rows = encode(encoder, [1]);
    assert.throws(() => encoder.text(Buffer.from("x"), 0, 1), EncodeError);
    await assert.rejects(copier.sendEncoded(rows), /was given another row/);
    await copier.close();
    await assert.rejects(copier.sendEncoded(encode(encoder, [1])), { code: "CLOSED" });
    assert.deepEqual(await idsIn(scene), []);
  });

  it("are not made durable by a spool, so that a copier with one refuses them", async (test) => {
    const directory = await mkdtemp(join(tmpdir(), "spool-"));
    test.after(() => rm(directory, { recursive: true }));
    await using scene = await open(COLUMNS);
    await using copier = await Copier.connect<AnyRow>(scene.name, {
      databaseUrl: db.url,
      ledger: { table: scene.ledger },
      spool: { directory },
      onReject() {},
    });
    await assert.rejects(copier.sendEncoded(encode(copier.encoder(), [1])), {
      code: "INVALID_OPTION",
      message: /a copier with a spool takes no encoded rows/,
    });
  });
});
