import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { FlushTracker } from "../../dist/delivery/flush-tracker.js";
import { UndeliveredError, type Rejection } from "../../dist/index.js";

/** A row of batch 0 that is not in the table. */
function untold(position: number, name: string) {
  const row = { name };
  const rejection = { table: "t", row, error: new UndeliveredError(`${name} failed`, [row], []) };
  return { sequence: 0, position, rejection, cause: undefined };
}

async function isPending(promise: Promise<void>): Promise<boolean> {
  const pending = Symbol("pending");
  return (await Promise.race([promise.catch(() => {}), Promise.resolve(pending)])) === pending;
}

describe("a flush", () => {
  it("is over at once when nothing was sent", async () => {
    await new FlushTracker().flush({ sequence: 0, rows: 0, hasBegun: false });
  });

  it("waits for every batch up to its point, in whatever order they end", async () => {
    const tracker = new FlushTracker();
    const flush = tracker.flush({ sequence: 2, rows: 5, hasBegun: true });
    tracker.settle(2);
    tracker.settle(0);
    assert.equal(await isPending(flush), true);
    tracker.settle(1);
    await flush;
  });

  it("does not wait for a batch of which it covers no row", async () => {
    const tracker = new FlushTracker();
    const flush = tracker.flush({ sequence: 1, rows: 0, hasBegun: false });
    tracker.settle(0);
    await flush;
  });

  it("is told of every row it covers and of no other", async () => {
    const tracker = new FlushTracker();
    const early = tracker.flush({ sequence: 0, rows: 1, hasBegun: true });
    const late = tracker.flush({ sequence: 0, rows: 3, hasBegun: true });
    tracker.reject(untold(0, "a"));
    tracker.reject(untold(2, "c"));
    tracker.settle(0);
    await assert.rejects(early, { count: 1, message: "1 row was not written: a failed" });
    await assert.rejects(late, { count: 2, message: "2 rows were not written: a failed" });
  });

  it("is told of rows that failed before it was called, once", async () => {
    const tracker = new FlushTracker();
    tracker.reject(untold(0, "a"));
    tracker.settle(0);
    await assert.rejects(tracker.flush({ sequence: 1, rows: 0, hasBegun: false }), { count: 1 });
    await tracker.flush({ sequence: 1, rows: 0, hasBegun: false });
  });

  it("carries the first ten rejections and what onReject threw first", async () => {
    const tracker = new FlushTracker();
    const flush = tracker.flush({ sequence: 0, rows: 20, hasBegun: true });
    for (let row = 0; row < 20; row++) {
      tracker.reject({ ...untold(row, String(row)), cause: new Error(`handler ${row}`) });
    }
    tracker.settle(0);
    await assert.rejects(
      flush,
      (error: { count: number; rejections: Rejection[]; cause: Error }) => {
        assert.equal(error.count, 20);
        assert.deepEqual(
          error.rejections.map(({ row }) => row),
          Array.from({ length: 10 }, (_, name) => ({ name: String(name) })),
        );
        assert.equal(error.cause.message, "handler 0");
        return true;
      },
    );
  });
});
