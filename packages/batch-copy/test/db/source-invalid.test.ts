import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { EncodeError, resendDeadLetters, type Rejection } from "../../dist/index.js";
import { useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { lettersOf, sourceScenes, type AnyRow, type SourceScene } from "../helpers/source-scene.js";

const db = useDatabase();
const open = sourceScenes(db, true);

const POISON = { invalid: "dead-letter" } as const;

describe('a row that is sent with invalid: "dead-letter"', () => {
  it("becomes a letter if it cannot be encoded, and the position passes it", async () => {
    await using scene = await open('id int, "fullName" text');
    const { source, copier } = scene;
    await source.send({ id: 1, fullName: "one" }, 0, POISON);
    await source.send({ id: "two", fullName: "two" }, 1, POISON);
    await source.send({ id: 3, fullName: 3 }, 2, POISON);
    await source.send({ id: 4, fullName: "four" }, 3, POISON);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 4]);
    assert.equal(await scene.positionOf(), 4n);
    const [two, three, ...others] = await scene.letters();
    assert.deepEqual(others, []);
    assert.deepEqual(two!.row, { id: "two", fullName: "two" });
    assert.equal(two!.table_name, copier.table);
    assert.equal(two!.code, "ENCODE_FAILED");
    assert.equal(two!.sql_state, null);
    assert.match(two!.message, /^column "id": .*"two"/);
    assert.equal(two!.column_name, "id");
    assert.equal(two!.source, "orders");
    assert.equal(two!.position, "1");
    assert.deepEqual(three!.row, { id: "3", fullName: "3" });
    assert.equal(three!.column_name, "fullName");
    const { rowsAccepted, rowsCommitted, rowsRejected, rowsBuffered, bytesBuffered } = copier.stats;
    assert.deepEqual([rowsAccepted, rowsCommitted, rowsRejected], [4, 2, 2]);
    assert.deepEqual([rowsBuffered, bytesBuffered], [0, 0]);
  });

  it("is written as ever if it can be encoded", async () => {
    await using scene = await open("id int");
    await scene.source.send({ id: 1 }, 0, POISON);
    await scene.source.sendMany([{ id: 2 }, { id: 3 }], 1, POISON);
    await scene.source.flush();
    assert.deepEqual(await scene.ids(), [1, 2, 3]);
    assert.deepEqual(await scene.letters(), []);
  });

  it("needs the option deadLetters", async () => {
    await using scene = await open("id int");
    await using copier = await scene.connect({ deadLetters: undefined });
    const source = await copier.source("other", { start: 0 });
    const error = { code: "INVALID_OPTION", message: /deadLetters/ };
    await assert.rejects(source.send({ id: "x" }, 0, POISON), error);
    await assert.rejects(source.sendMany([{ id: "x" }], 0, POISON), error);
    const typo = { invalid: "deadLetter" } as never;
    await assert.rejects(source.send({ id: 1 }, 0, typo), {
      code: "INVALID_OPTION",
      message: `invalid must be "dead-letter", got 'deadLetter'`,
    });
  });

  it("is the caller's error without it", async () => {
    await using scene = await open("id int");
    await assert.rejects(scene.source.send({ id: "x" }, 0), EncodeError);
    await assert.rejects(scene.source.sendMany([{ id: 1 }, { id: "x" }], 0), (error) => {
      assert.ok(error instanceof EncodeError);
      assert.deepEqual([error.accepted, error.index], [0, 1]);
      return true;
    });
    await scene.source.send({ id: 5 }, 0);
    await scene.source.flush();
    assert.deepEqual(await scene.ids(), [5]);
    assert.deepEqual(await scene.letters(), []);
  });

  it("takes the other rows of its position with it", async () => {
    await using scene = await open("id int, note text");
    const row: AnyRow = { id: 0, note: "" };
    function* rows(): Iterable<AnyRow> {
      for (const id of [1, "two", 3, "four"]) {
        row["id"] = id;
        row["note"] = `n${id}`;
        yield row;
      }
    }
    await scene.source.sendMany(rows(), 0, POISON);
    await scene.source.send({ id: 5, note: null }, 1);
    await scene.source.flush();
    assert.deepEqual(await scene.ids(), [5]);
    const all = await scene.letters();
    assert.deepEqual(
      all.map(({ row: kept }) => kept),
      [
        { id: "1", note: "n1" },
        { id: "two", note: "ntwo" },
        { id: "3", note: "n3" },
        { id: "four", note: "nfour" },
      ],
    );
    const [one, two, three, four] = all.map(({ message }) => message);
    assert.match(two!, /^column "id": .*"two"/);
    assert.match(four!, /^column "id": .*"four"/);
    const together = `row: it was sent together with an invalid row: ${two!}`;
    assert.deepEqual([one, three], [together, together]);
    assert.equal(all[0]!.column_name, null);
    assert.deepEqual(new Set(all.map(({ position }) => position)), new Set(["0"]));
  });

  it("is stored in the order of positions, with those that the server rejects", async () => {
    await using scene = await open("id int CHECK (id < 100)", { connections: 1 });
    const { source } = scene;
    for (let position = 0; position < 60; position++) {
      const id = position % 3 === 0 ? "x" : position % 3 === 1 ? 100 + position : position;
      await source.send({ id }, position, POISON);
    }
    await source.flush();
    assert.deepEqual(
      await scene.ids(),
      Array.from({ length: 20 }, (_, i) => 3 * i + 2),
    );
    const all = await scene.letters();
    assert.deepEqual(
      all.map(({ position }) => Number(position)).toSorted((a, b) => a - b),
      Array.from({ length: 60 }, (_, i) => i).filter((i) => i % 3 !== 2),
    );
    for (const { position, code } of all) {
      assert.equal(code, Number(position) % 3 === 0 ? "ENCODE_FAILED" : "ROW_REJECTED");
    }
    assert.deepEqual(new Set(all.map(({ source: name }) => name)), new Set(["orders"]));
  });

  it("is stored once if it is all there is, and again nothing after a restart", async () => {
    const scene = await open("id int");
    await scene.source.send({ id: "x" }, 7, POISON);
    await scene.source.close();
    await scene.copier.close();
    assert.equal(await scene.positionOf(), 8n);
    await using copier = await scene.connect();
    const source = await copier.source("orders");
    await source.send({ id: "x" }, 7, POISON);
    await source.send({ id: "y" }, 8, POISON);
    await source.flush();
    assert.deepEqual(
      (await scene.letters()).map(({ position }) => position),
      ["7", "8"],
    );
  });

  it("is told to onReject after the commit, with its EncodeError and the row as it was", async () => {
    const seen: [unknown, string, bigint | undefined, number][] = [];
    const onReject = async ({ row, error }: Rejection<AnyRow>): Promise<void> => {
      assert.ok(error instanceof EncodeError);
      const stored = await scene.letters();
      seen.push([row, error.column!, await scene.positionOf(), stored.length]);
    };
    const scene: SourceScene = await open("id int", { onReject });
    const row = { id: "x" };
    await scene.source.send(row, 0, POISON);
    row.id = "changed";
    await scene.source.send({ id: 1 }, 1);
    await scene.copier.flush();
    assert.deepEqual(seen, [[{ id: "x" }, "id", 2n, 1]]);
    await scene.copier.close();
  });

  it("lets flush() of the copier reject if onReject fails, and the source go on", async () => {
    const onReject = (): void => {
      throw new Error("the queue is full");
    };
    await using scene = await open("id int", { onReject });
    await scene.source.send({ id: "x" }, 0, POISON);
    await assert.rejects(scene.copier.flush(), { code: "ROWS_REJECTED", count: 1 });
    await scene.source.send({ id: 1 }, 1);
    await scene.source.flush();
    assert.equal((await scene.letters()).length, 1);
  });

  it("does not keep close() with a limit waiting for a handler that hangs", async () => {
    let isCalled = false;
    const onReject = (): Promise<void> => {
      isCalled = true;
      return new Promise(() => {});
    };
    const scene = await open("id int", { onReject });
    await scene.source.send({ id: "x" }, 0, POISON);
    await scene.source.send({ id: "y" }, 1, POISON);
    await scene.source.flush();
    await eventually(() => isCalled, "the handler is called");
    await scene.copier.close({ timeoutMs: 50 });
    const { rowsRejected, rowsBuffered, bytesBuffered } = scene.copier.stats;
    assert.deepEqual([rowsRejected, rowsBuffered, bytesBuffered], [2, 0, 0]);
  });

  it("is kept and waited for while its letter cannot be stored", async () => {
    await using scene = await open("id int", { retry: { minDelayMs: 1, maxDelayMs: 1 } });
    const { source, copier } = scene;
    await db.pool.query(`ALTER TABLE ${lettersOf(scene.name)} ADD CONSTRAINT none CHECK (false)`);
    await source.send({ id: 1 }, 0);
    await source.send({ id: "x" }, 1, POISON);
    await source.send({ id: 3 }, 2);
    await eventually(() => copier.stats.retries > 2, "it is retried");
    assert.equal(await scene.positionOf(), 0n);
    await db.pool.query(`ALTER TABLE ${lettersOf(scene.name)} DROP CONSTRAINT none`);
    await source.flush();
    assert.deepEqual(await scene.ids(), [1, 3]);
    assert.equal((await scene.letters()).length, 1);
  });

  it("is left to the next owner if the source ends before its commit", async () => {
    const scene = await open("id int", { retry: { timeoutMs: 1 } });
    const { source, copier } = scene;
    await db.pool.query(`ALTER TABLE ${lettersOf(scene.name)} ADD CONSTRAINT none CHECK (false)`);
    await source.send({ id: "x" }, 0, POISON);
    await assert.rejects(source.flush(), { code: "UNDELIVERED" });
    await copier.close();
    await db.pool.query(`ALTER TABLE ${lettersOf(scene.name)} DROP CONSTRAINT none`);
    assert.deepEqual(await scene.letters(), []);
    assert.equal(await scene.positionOf(), 0n);
    const { rowsRejected, rowsBuffered, bytesBuffered } = copier.stats;
    assert.deepEqual([rowsRejected, rowsBuffered, bytesBuffered], [1, 0, 0]);
  });

  it("counts the bytes of its letter in the buffer", async () => {
    await using scene = await open("id int", {
      maxBufferedBytes: 10_000,
      retry: { minDelayMs: 1, maxDelayMs: 1 },
    });
    const { source, copier } = scene;
    await db.pool.query(`ALTER TABLE ${lettersOf(scene.name)} ADD CONSTRAINT none CHECK (false)`);
    let accepted = 0;
    const sent = Promise.all(
      Array.from({ length: 20 }, (_, position) =>
        source.send({ id: "x".repeat(2000) }, position, POISON).then(() => accepted++),
      ),
    );
    await eventually(() => copier.stats.retries > 2, "it is retried");
    assert.ok(accepted < 8, `${accepted} accepted`);
    assert.ok(copier.stats.bytesWaiting > 12 * 2000);
    await db.pool.query(`ALTER TABLE ${lettersOf(scene.name)} DROP CONSTRAINT none`);
    await sent;
    await source.flush();
    const positions = (await scene.letters()).map(({ position }) => Number(position));
    assert.deepEqual(
      positions,
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  it("is encoded by what the table has become, if that takes it", async () => {
    await using scene = await open("id int, note varchar(3)");
    const { source } = scene;
    await source.send({ id: 1, note: "abc" }, 0);
    await db.pool.query(`ALTER TABLE ${scene.name} ALTER COLUMN note TYPE varchar(5)`);
    // None is awaited: those after it must not be accepted before it.
    const row = { id: 4, note: "ok" };
    const sent = [
      source.send({ id: 2, note: "abcde" }, 1, POISON),
      source.sendMany([{ id: 3, note: "abcde" }], 2),
      source.send(row, 3),
      source.send({ id: 5, note: "too long" }, 4, POISON),
    ];
    row.note = "!";
    await Promise.all(sent);
    await source.flush();
    assert.deepEqual(await db.rows(`SELECT id, note FROM ${scene.name} ORDER BY ctid`), [
      { id: 1, note: "abc" },
      { id: 2, note: "abcde" },
      { id: 3, note: "abcde" },
      { id: 4, note: "ok" },
    ]);
    assert.deepEqual(
      (await scene.letters()).map(({ position }) => position),
      ["4"],
    );
    assert.equal(await scene.positionOf(), 5n);
  });

  it("is sent again by resendDeadLetters() when its letter was corrected, and refused before", async () => {
    await using scene = await open("id int PRIMARY KEY, note text, tags text[], extra jsonb");
    await scene.source.send({ id: "x", note: null, extra: { a: [1n, null] } }, 0, POISON);
    await scene.source.flush();
    const [letter] = await scene.letters();
    assert.deepEqual(letter!.row, { id: "x", note: null, tags: null, extra: '{"a":["1",null]}' });
    const { sent, refused } = await resendDeadLetters(scene.copier);
    assert.equal(sent, 0);
    assert.equal(refused[0]!.error.code, "ROW_REJECTED");
    await db.pool.query(`UPDATE ${lettersOf(scene.name)} SET row = row || '{"id": "7"}'`);
    assert.deepEqual(await resendDeadLetters(scene.copier), { sent: 1, refused: [] });
    assert.deepEqual(await db.rows(`SELECT * FROM ${scene.name}`), [
      { id: 7, note: null, tags: null, extra: { a: ["1", null] } },
    ]);
  });

  it("has a letter whatever it is", async () => {
    await using scene = await open("id int NOT NULL DEFAULT 1, note text");
    const circular: AnyRow = { id: "c" };
    circular["note"] = circular;
    const odd: unknown[] = [
      undefined,
      null,
      5,
      "text",
      [1],
      {},
      circular,
      { id: 1, note: () => {}, other: Symbol("s") },
      { id: 1, note: "a\0b\uD800", "ke\0y": "\0" },
      { id: 10n ** 5000n },
      { id: Number.NaN, note: new Date(Number.NaN) },
      {
        get id() {
          throw new Error("no");
        },
      },
      { id: { toJSON: () => "from toJSON" } },
      { id: "$letter$", note: "'); DROP TABLE x; --" },
      { id: [Buffer.from("ab"), new Uint8Array([1]), new Float32Array([0.5])] },
      JSON.parse('{"id": 1, "__proto__": {"a": 1}}'),
      { id: 1, nested: nest(5000) },
    ];
    for (const [position, row] of odd.entries()) {
      await scene.source.send(row as AnyRow, position, POISON);
    }
    await scene.source.flush();
    const all = await scene.letters();
    assert.equal(all.length, odd.length);
    const rows = all.map(({ row }) => row);
    assert.deepEqual(rows.slice(0, 6), [
      "undefined",
      "null",
      "5",
      "text",
      { "0": "1", note: null },
      { note: null },
    ]);
    assert.deepEqual(rows.slice(7, 15), [
      { id: "1", note: "a function", other: "a symbol" },
      { id: "1", note: "a\uFFFDb\uFFFD", "ke\uFFFDy": "\uFFFD" },
      { id: "a huge bigint", note: null },
      { id: "NaN", note: "Invalid Date" },
      { id: "a value that cannot be read", note: null },
      { id: "from toJSON", note: null },
      { id: "$letter$", note: "'); DROP TABLE x; --" },
      { id: '["\\\\x6162","\\\\x01",[0.5]]', note: null },
    ]);
  });
});

function nest(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) {
    value = [value];
  }
  return value;
}
