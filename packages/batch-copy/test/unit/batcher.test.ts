import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import type { BatchLimits } from "../../dist/batch/batch-queue.js";
import type { Batch } from "../../dist/batch/batch.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { PAGE_BYTES } from "../../dist/batch/page.js";
import type { RowCodec } from "../../dist/batch/row-codec.js";
import { ClosedError } from "../../dist/index.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

/** A row is its own tuple; "bad" cannot be encoded, but only after a part of it was written. */
const codec: RowCodec<string> = {
  encode(row, out) {
    out.text(row);
    if (row.endsWith("bad")) {
      throw new Error("bad row");
    }
  },
  decode: (tuple) => tuple.text(),
  keyOf: () => undefined,
};

let clock: FakeClock;
let pool: PagePool;
let ready: number;

beforeEach(() => {
  clock = new FakeClock();
  pool = new PagePool();
  ready = 0;
});

function batcher(limits: Partial<BatchLimits> = {}): Batcher<string> {
  const all = {
    maxBatchRows: 100,
    maxBatchBytes: 10 * PAGE_BYTES,
    flushIntervalMs: 100,
    ...limits,
  };
  return new Batcher(codec, all, pool, clock, { onReady: () => ready++ });
}

function contents(batch: Batch | undefined): string | undefined {
  return batch?.pages.map((page) => page.tuples.toString()).join("");
}

const insert = { isGivenUp: false, resolve() {}, reject() {} };

describe("a batch", () => {
  it("is ready at once when it has maxBatchRows rows", () => {
    const rows = batcher({ maxBatchRows: 2 });
    rows.append("a", Infinity);
    assert.equal(rows.take(), undefined);
    rows.append("b", Infinity);
    assert.equal(ready, 1);
    rows.append("c", Infinity);
    const batch = rows.take();
    assert.equal(contents(batch), "ab");
    assert.deepEqual([batch?.rows, batch?.bytes, batch?.sequence], [2, 2, 0]);
    assert.equal(rows.take(), undefined);
  });

  it("is ready at once when it has maxBatchBytes bytes", () => {
    const rows = batcher({ maxBatchBytes: 5 });
    rows.append("abc", Infinity);
    assert.equal(ready, 0);
    rows.append("de", Infinity);
    assert.equal(ready, 1);
    assert.equal(contents(rows.take()), "abcde");
  });

  it("is due by the age of its first row, not by idle time", () => {
    const rows = batcher();
    rows.append("a", Infinity);
    for (let i = 0; i < 9; i++) {
      clock.pass(10);
      rows.append("b", Infinity);
    }
    assert.equal(ready, 0);
    assert.equal(rows.take(), undefined);
    clock.pass(10);
    assert.equal(ready, 1);
    assert.equal(contents(rows.take()), "abbbbbbbbb");
  });

  it("goes on gathering while it is due and no lane is free", () => {
    const rows = batcher();
    rows.append("a", Infinity);
    clock.pass(100);
    rows.append("b", Infinity);
    clock.pass(1000);
    rows.append("c", Infinity);
    assert.equal(contents(rows.take()), "abc");
  });

  it("counts the age from the first row after the last batch", () => {
    const rows = batcher();
    rows.append("a", Infinity);
    clock.pass(100);
    rows.take();
    assert.equal(clock.timers, 0);
    clock.pass(1000);
    rows.append("b", Infinity);
    clock.pass(99);
    assert.equal(rows.take(), undefined);
    clock.pass(1);
    assert.equal(contents(rows.take()), "b");
  });

  it("is due at the end of the turn in which an insert waits for a row of it", () => {
    const rows = batcher();
    rows.append("a", Infinity, insert);
    rows.append("b", Infinity, insert);
    assert.equal(ready, 0);
    clock.turn();
    assert.equal(ready, 1);
    rows.append("c", Infinity);
    const batch = rows.take();
    assert.equal(contents(batch), "abc");
    assert.deepEqual(
      [0, 1, 2].map((row) => batch!.inserts.of(row)),
      [insert, insert, undefined],
    );
  });

  it("is due when it is flushed, unless it is empty", () => {
    const rows = batcher();
    assert.deepEqual(rows.flush(), { sequence: 0, rows: 0, hasBegun: false });
    clock.turn();
    assert.equal(ready, 0);
    assert.equal(rows.take(), undefined);
    rows.append("a", Infinity);
    assert.deepEqual(rows.flush(), { sequence: 0, rows: 1, hasBegun: true });
    clock.turn();
    assert.equal(ready, 1);
    assert.equal(contents(rows.take()), "a");
  });

  it("leaves after the full ones before it", () => {
    const rows = batcher({ maxBatchRows: 1 });
    rows.append("a", Infinity);
    rows.append("b", Infinity);
    assert.equal(rows.hasFullBatch, true);
    assert.equal(contents(rows.take()), "a");
    assert.equal(contents(rows.take()), "b");
    assert.equal(rows.hasFullBatch, false);
  });

  it("is as before when a row cannot be encoded", () => {
    const rows = batcher();
    rows.append("a", Infinity);
    assert.throws(() => rows.append("xx bad", Infinity), /bad row/);
    assert.throws(() => rows.append(`${"x".repeat(PAGE_BYTES)} bad`, Infinity), /bad row/);
    rows.append("b", Infinity);
    rows.flush();
    const batch = rows.take();
    assert.equal(contents(batch), "ab");
    assert.equal(batch?.bytes, 2);
  });

  it("takes no row in the middle of another, and none once it is closed", () => {
    let nested: () => void = () => {};
    const reading = new Batcher<string>(
      writeOnly((row, out) => {
        out.text(row);
        nested();
        out.text(row);
      }),
      { maxBatchRows: 100, maxBatchBytes: 1000, flushIntervalMs: 100 },
      pool,
      clock,
      { onReady() {} },
    );
    nested = () => {
      assert.throws(
        () => reading.append("inner", Infinity),
        /sent while another row was being encoded/,
      );
    };
    reading.append("outer", Infinity);
    nested = () => reading.close();
    assert.throws(() => reading.append("late", Infinity), ClosedError);
    reading.flush();
    assert.equal(contents(reading.take()), "outerouter");
  });

  it("says who broke in when a codec writes after its encode has returned", () => {
    let later: () => void = () => {};
    const stray = new Batcher<string>(
      writeOnly((row, out) => {
        out.text(row);
        later = () => out.text("stray");
      }),
      { maxBatchRows: 100, maxBatchBytes: 1000, flushIntervalMs: 100 },
      pool,
      clock,
      { onReady() {} },
    );
    stray.append("a", Infinity);
    later();
    assert.throws(() => stray.append("b", Infinity), /after a codec wrote/);
    stray.flush();
    assert.equal(contents(stray.take()), "a");
  });

  it("does not take a row for which there is no room, but returns it encoded, for later", () => {
    const rows = batcher();
    const tuple = rows.append("abc", 2) as Buffer;
    assert.deepEqual(tuple, Buffer.from("abc"));
    assert.equal(rows.append("de", 2), 2);
    rows.appendTuple(tuple);
    rows.flush();
    const batch = rows.take();
    assert.equal(contents(batch), "deabc");
    assert.deepEqual([batch?.rows, batch?.bytes], [2, 5]);
  });

  it("counts a row that was encoded earlier like any other", () => {
    const rows = batcher({ maxBatchRows: 2 });
    rows.appendTuple(Buffer.from("a"), insert);
    clock.turn();
    assert.equal(ready, 1, "due, because an insert waits");
    rows.appendTuple(Buffer.from("b"));
    assert.equal(ready, 2, "full");
    const batch = rows.take();
    assert.equal(contents(batch), "ab");
    assert.equal(batch?.inserts.of(0), insert);
    rows.appendTuple(Buffer.from("c"));
    clock.pass(100);
    assert.equal(contents(rows.take()), "c");
  });

  it("refuses a row that was encoded earlier in the middle of another", () => {
    let nested: () => void = () => {};
    const reading = new Batcher<string>(
      writeOnly((row, out) => {
        out.text(row);
        nested();
      }),
      { maxBatchRows: 100, maxBatchBytes: 1000, flushIntervalMs: 100 },
      pool,
      clock,
      { onReady() {} },
    );
    nested = () => {
      assert.throws(() => reading.appendTuple(Buffer.from("inner")), { code: "ENCODE_FAILED" });
    };
    reading.append("outer", Infinity);
    reading.flush();
    assert.equal(contents(reading.take()), "outer");
  });
});

describe("pages", () => {
  it("hold whole rows, each page one CopyData message", () => {
    const rows = batcher();
    const lines = Array.from({ length: 10 }, (_, i) => String(i).repeat(80_000));
    lines.forEach((line) => rows.append(line, Infinity));
    rows.flush();
    const batch = rows.take()!;
    assert.equal(contents(batch), lines.join(""));
    assert.ok(batch.pages.length > 3);
    for (const { message, tuples } of batch.pages) {
      assert.equal(message.toString("latin1", 0, 1), "d");
      assert.equal(message.readInt32BE(1), message.length - 1);
      assert.equal(tuples.length % 80_000, 0);
    }
  });

  it("are as large as a row that is larger than a page", () => {
    const rows = batcher();
    const wide = "w".repeat(5 * PAGE_BYTES);
    rows.append("a", Infinity);
    rows.append(wide, Infinity);
    rows.append("b", Infinity);
    rows.flush();
    const batch = rows.take()!;
    assert.equal(contents(batch), `a${wide}b`);
    assert.equal(batch.bytes, wide.length + 2);
  });

  it("are used again, but for those of unusual size", () => {
    const page = pool.acquire(100_000);
    assert.equal(page.buffer.length, PAGE_BYTES);
    const large = pool.acquire(PAGE_BYTES);
    assert.equal(large.buffer.length, 2 * PAGE_BYTES);
    pool.release(page);
    pool.release(large);
    assert.equal(pool.acquire(100_000), page);
    assert.notEqual(pool.acquire(PAGE_BYTES), large);
  });

  it("are as large as what was written last, and grow with a batch", () => {
    const rows = batcher({ maxBatchRows: 1000 });
    const sizes = (bytes: number): number[] => {
      for (let written = 0; written < bytes; written += 1000) {
        rows.append("x".repeat(1000), Infinity);
      }
      rows.flush();
      return rows.take()!.pages.map(({ buffer }) => buffer.length);
    };
    assert.deepEqual(sizes(1000), [4096]);
    assert.deepEqual(sizes(200_000), [4096, 16_384, 65_536, PAGE_BYTES]);
    assert.deepEqual(sizes(200_000), [PAGE_BYTES]);
    assert.deepEqual(sizes(1000), [1005], "little of a large page is copied");
    assert.deepEqual(sizes(1000), [4096]);
  });

  it("are not taken before there is a row, and not kept after a batch", () => {
    const page = pool.acquire(10);
    pool.release(page);
    const rows = batcher();
    assert.equal(pool.acquire(10), page, "an idle batcher has none");
    pool.release(page);
    rows.append("a", Infinity);
    rows.flush();
    assert.deepEqual(rows.take()!.pages.length, 1);
    pool.release(page);
    assert.equal(pool.acquire(10), page);
  });

  it("that were made for a row that was refused do not stay", () => {
    const rows = batcher();
    const giant = "x".repeat(100 * PAGE_BYTES);
    assert.throws(() => rows.append(`${giant} bad`, Infinity), /bad row/);
    rows.append("small", Infinity);
    assert.equal((rows.append(giant, 10) as Buffer).length, giant.length);
    rows.append("small", Infinity);
    rows.flush();
    const batch = rows.take()!;
    assert.equal(contents(batch), "smallsmall");
    assert.ok(batch.pages.every((page) => page.buffer.length <= PAGE_BYTES));
  });

  it("take little memory in small full batches, of which many may wait", () => {
    const rows = batcher({ maxBatchRows: 1 });
    for (let i = 0; i < 1000; i++) {
      rows.append("small", Infinity);
    }
    let bytes = 0;
    for (let batch = rows.take(); batch !== undefined; batch = rows.take()) {
      assert.equal(contents(batch), "small");
      bytes += batch.pages.reduce((sum, page) => sum + page.buffer.length, 0);
    }
    assert.equal(bytes, 1000 * "dnnnnsmall".length);
  });
});
