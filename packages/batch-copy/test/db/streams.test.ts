import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Copier, float8, int4, text, type ClosedError, type InvalidRow } from "../../dist/index.js";
import { databaseUrl, useDatabase } from "../helpers/database.js";
import { eventually } from "../helpers/eventually.js";
import { assertNumberedRows, numberedRow } from "../helpers/row-sets.js";

const db = useDatabase();

function* rows(count: number) {
  for (let id = 0; id < count; id++) {
    yield numberedRow(id);
  }
}

describe("writable", () => {
  it("ends a pipeline with a flush, and the copier stays open", async () => {
    const definition = await db.create("piped", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl, flushIntervalMs: 60_000 });
    await pipeline(Readable.from(rows(5000)), copier.writable());
    await assertNumberedRows(db, "piped", 5000);
    await copier.insert(numberedRow(5000));
    await assertNumberedRows(db, "piped", 5001);
  });

  it("serves web streams", async () => {
    const definition = await db.create("web", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl });
    await Readable.toWeb(Readable.from(rows(100))).pipeTo(Writable.toWeb(copier.writable()));
    await assertNumberedRows(db, "web", 100);
  });

  it("fails the pipeline at a bad row", async () => {
    const definition = await db.create("spoiled", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl });
    const spoiled = [numberedRow(0), { id: "one", note: "x" }, numberedRow(2)];
    await assert.rejects(pipeline(Readable.from(spoiled), copier.writable()), {
      code: "ENCODE_FAILED",
      column: "id",
    });
  });

  it("counts from the beginning of the stream in the error of a bad row", async () => {
    const definition = await db.create("counted", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl });
    for (const bad of [0, 1, 777]) {
      const spoiled = Array.from({ length: 1000 }, (_, id) => {
        return id === bad ? { id: "bad", note: "x" } : numberedRow(id);
      });
      await assert.rejects(pipeline(Readable.from(spoiled), copier.writable()), {
        code: "ENCODE_FAILED",
        index: bad,
        accepted: bad,
      });
    }
    const stream = copier.writable();
    stream.write(numberedRow(0));
    await new Promise((resolve) => stream.write(numberedRow(1), resolve));
    await copier.close();
    const failed = once(stream, "error");
    stream.write(numberedRow(2));
    const [error] = (await failed) as [ClosedError];
    assert.deepEqual([error.code, error.accepted], ["CLOSED", 2]);
  });

  it("sends nothing more when it is destroyed while its rows wait for room", async () => {
    const definition = await db.create("destroyed", { id: int4, note: text });
    const copier = await Copier.connect(definition, { databaseUrl, maxBufferedBytes: 1000 });
    const client = await db.pool.connect();
    await client.query(`BEGIN; LOCK TABLE ${db.schema}.destroyed`);
    const stream = copier.writable();
    stream.cork();
    for (const row of rows(1000)) stream.write(row, () => {});
    stream.uncork();
    await eventually(() => copier.stats.bytesWaiting > 0, "a row waits for room");
    const waiting = copier.stats.rowsAccepted;
    stream.destroy();
    await client.query("COMMIT");
    client.release();
    await eventually(() => copier.stats.bytesWaiting === 0, "no row waits");
    await sleep(100);
    await copier.close();
    await assertNumberedRows(db, "destroyed", waiting + 1);
  });

  it("fails the pipeline at the end when the server refuses rows", async () => {
    const definition = await db.create("refused", { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}.refused ADD CHECK (id < 50)`);
    await using copier = await Copier.connect(definition, { databaseUrl });
    await assert.rejects(pipeline(Readable.from(rows(60)), copier.writable()), {
      code: "ROWS_REJECTED",
      count: 10,
    });
  });
});

describe("writable with onInvalid", () => {
  interface Price {
    readonly id: number;
    readonly price: number;
  }

  /** Fields of a line, as a simple parser leaves them: what is missing or no number is a bad value. */
  async function* parse(lines: AsyncIterable<string>): AsyncIterable<Price> {
    for await (const line of lines) {
      const [id, price] = line.split(",");
      yield { id: Number(id), price: price === "" ? (price as never) : Number(price) };
    }
  }

  async function openNumbered(name: string) {
    const definition = await db.create(name, { id: int4, note: text });
    return Copier.connect(definition, { databaseUrl, flushIntervalMs: 60_000 });
  }

  /** Rows whose id is a multiple of `step` have another id, which is invalid. */
  function spoiledRows(count: number, step: number): { id: number; note: string }[] {
    return Array.from(rows(count), (row) => (row.id % step === 0 ? { ...row, id: 0.5 } : row));
  }

  it("loads the good lines of a CSV file, and names the bad ones", async () => {
    const definition = await db.create("prices", { id: int4, price: float8 });
    await using copier = await Copier.connect(definition, { databaseUrl });
    const lines = Array.from({ length: 1000 }, (_, id) => `${id},${id / 4}`);
    lines[0] = "id,price";
    lines[500] = "500,";
    lines[999] = "9999999999,1";
    const bad: [line: number, id: number, reason: string][] = [];
    const onInvalid = ({ row, error }: InvalidRow<Price>): void => {
      bad.push([error.index! + 1, row.id, error.message]);
    };
    await pipeline(Readable.from(lines), parse, copier.writable({ onInvalid }));
    assert.deepEqual(
      bad.map(([line, id]) => [line, id]),
      [
        [1, Number.NaN],
        [501, 500],
        [1000, 9_999_999_999],
      ],
    );
    assert.match(bad[1]![2], /^column "price": /);
    const found = await db.rows(
      `SELECT count(*)::int, sum(price)::int AS price FROM ${db.schema}.prices`,
    );
    const ids = Array.from(lines.keys()).filter((id) => ![0, 500, 999].includes(id));
    const price = ids.reduce((sum, id) => sum + id, 0) / 4;
    assert.deepEqual(found, [{ count: 997, price: Math.round(price) }]);
  });

  it("counts from the beginning of the stream, whether rows come one by one or together", async () => {
    await using copier = await openNumbered("positions");
    for (const together of [false, true]) {
      const found: [index: number, accepted: number, row: object][] = [];
      const stream = copier.writable({
        onInvalid: ({ row, error }) => void found.push([error.index!, error.accepted!, row]),
      });
      const spoiled = spoiledRows(300, 100);
      if (together) stream.cork();
      for (const row of spoiled) {
        if (together) stream.write(row);
        else await new Promise((resolve) => stream.write(row, resolve));
      }
      await new Promise<void>((resolve) => stream.end(resolve));
      assert.deepEqual(found, [
        [0, 0, spoiled[0]],
        [100, 99, spoiled[100]],
        [200, 198, spoiled[200]],
      ]);
      assert.equal(found[1]![2], spoiled[100], "the very object that was written");
    }
    const counts = await db.rows(
      `SELECT count(*)::int, count(DISTINCT id)::int AS ids FROM ${db.schema}.positions`,
    );
    assert.deepEqual(counts, [{ count: 594, ids: 297 }]);
  });

  it("counts in the error that ends the stream, too", async () => {
    const copier = await openNumbered("closed_midway");
    const stream = copier.writable({ onInvalid: () => {} });
    for (const row of spoiledRows(5, 2)) {
      await new Promise((resolve) => stream.write(row, resolve));
    }
    await copier.close();
    const failed = once(stream, "error");
    stream.write(numberedRow(5));
    const [error] = (await failed) as [ClosedError];
    assert.deepEqual([error.code, error.accepted], ["CLOSED", 2]);
  });

  it("keeps the order of rows", async () => {
    const definition = await db.create("in_order", { id: int4, note: text });
    await using copier = await Copier.connect(definition, { databaseUrl, connections: 1 });
    await pipeline(
      Readable.from(spoiledRows(1000, 3)),
      copier.writable({ onInvalid: async () => sleep(0) }),
    );
    const found = await db.rows<{ id: number }>(
      `SELECT id FROM ${db.schema}.in_order ORDER BY ctid`,
    );
    assert.deepEqual(
      found.map(({ id }) => id),
      Array.from({ length: 1000 }, (_, id) => id).filter((id) => id % 3 !== 0),
    );
  });

  it("waits for the promise of the handler before it takes further rows", async () => {
    await using copier = await openNumbered("awaited");
    let produced = 0;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const source = function* () {
      for (const row of spoiledRows(500, 100).slice(100)) {
        produced++;
        yield row;
      }
    };
    let calls = 0;
    const onInvalid = (): Promise<void> => {
      calls++;
      return held;
    };
    const piped = pipeline(Readable.from(source()), copier.writable({ onInvalid }));
    await sleep(50);
    assert.equal(calls, 1);
    assert.ok(produced < 100, `${produced} rows were read from the source`);
    release();
    await piped;
    assert.deepEqual([calls, produced, copier.stats.rowsAccepted], [4, 400, 396]);
  });

  it("fails the pipeline with what the handler throws", async () => {
    await using copier = await openNumbered("throwing");
    const spoiled = spoiledRows(10, 4).slice(1);
    const failure = new Error("too many bad lines");
    for (const onInvalid of [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ]) {
      await assert.rejects(
        pipeline(Readable.from(spoiled), copier.writable({ onInvalid })),
        (error) => error === failure,
      );
    }
    for (const nothing of [undefined, null]) {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors
      const onInvalid = (): Promise<void> => Promise.reject(nothing);
      await assert.rejects(
        pipeline(Readable.from(spoiled), copier.writable({ onInvalid })),
        new Error(`onInvalid threw ${nothing}`),
      );
    }
  });

  it("calls no handler and sends no row after the pipeline was aborted", async () => {
    await using copier = await openNumbered("aborted");
    const controller = new AbortController();
    let calls = 0;
    const onInvalid = async (): Promise<void> => {
      if (++calls === 3) controller.abort();
      await sleep(1);
    };
    const { signal } = controller;
    await assert.rejects(
      pipeline(Readable.from(spoiledRows(1000, 2)), copier.writable({ onInvalid }), { signal }),
      { name: "AbortError" },
    );
    const accepted = copier.stats.rowsAccepted;
    await sleep(100);
    assert.deepEqual([calls, copier.stats.rowsAccepted], [3, accepted]);
  });

  it("leaves rows that the server rejects to onReject and flush()", async () => {
    const definition = await db.create("both", { id: int4, note: text });
    await db.pool.query(`ALTER TABLE ${db.schema}.both ADD CHECK (id < 50)`);
    await using copier = await Copier.connect(definition, { databaseUrl });
    let calls = 0;
    const stream = copier.writable({ onInvalid: () => void calls++ });
    await assert.rejects(pipeline(Readable.from(spoiledRows(60, 10)), stream), {
      code: "ROWS_REJECTED",
      count: 9,
    });
    assert.equal(calls, 6);
  });

  it("skips thousands of bad rows that were written together", async () => {
    await using copier = await openNumbered("mostly_bad");
    let calls = 0;
    const stream = copier.writable({ onInvalid: () => void calls++ });
    stream.cork();
    for (const row of spoiledRows(10_000, 1)) stream.write(row);
    stream.write(numberedRow(10_000));
    await new Promise<void>((resolve) => stream.end(resolve));
    assert.deepEqual([calls, copier.stats.rowsCommitted], [10_000, 1]);
  });

  it("takes a function only", async () => {
    await using copier = await openNumbered("no_handler");
    assert.throws(() => copier.writable({ onInvalid: "skip" as never }), {
      code: "INVALID_OPTION",
      message: "onInvalid must be a function, got 'skip'",
    });
    await pipeline(Readable.from(rows(3)), copier.writable({ onInvalid: undefined }));
    assert.equal(copier.stats.rowsCommitted, 3);
  });
});
