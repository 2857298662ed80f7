import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { beforeEach, describe, it } from "node:test";

import { abortable } from "../../dist/batch/abortable-rows.js";

let controller: AbortController;
let events: string[];

beforeEach(() => {
  controller = new AbortController();
  events = [];
});

async function* counting(to: number): AsyncGenerator<number> {
  try {
    for (let i = 0; i < to; i++) {
      yield i;
    }
  } finally {
    await new Promise((resolve) => setImmediate(resolve));
    events.push("closed");
  }
}

function unexpected(): never {
  assert.fail("nothing was expected");
}

async function consume(rows: AsyncIterable<number>, each: (row: number) => void): Promise<void> {
  for await (const row of abortable(rows, controller.signal)) {
    each(row);
  }
}

describe("rows with a signal", () => {
  it("are those of the source, and leave no listener", async () => {
    const rows: number[] = [];
    await consume(counting(3), (row) => rows.push(row));
    assert.deepEqual(rows, [0, 1, 2]);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  it("are not kept once they are taken", async () => {
    let first: WeakRef<object> | undefined;
    function firstRow() {
      const row = { id: 0 };
      first = new WeakRef(row);
      return row;
    }
    async function* source() {
      yield firstRow();
      for (let id = 1; id < 10; id++) {
        yield { id };
      }
      globalThis.gc?.();
      await new Promise((resolve) => setImmediate(resolve));
      globalThis.gc?.();
      assert.equal(first?.deref(), undefined, "the first row was collected");
      events.push("looked");
    }
    let rows = 0;
    for await (const row of abortable<{ id: number }>(source(), controller.signal)) {
      rows += row.id >= 0 ? 1 : 0;
    }
    assert.deepEqual([rows, events], [10, ["looked"]]);
  });

  it("wait for the source to close when the consumer stops", async () => {
    const stopped = consume(counting(3), () => {
      throw new Error("bad row");
    });
    await assert.rejects(stopped, /bad row/);
    assert.deepEqual(events, ["closed"]);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  it("wait for the source to close when the signal aborts and the source is not silent", async () => {
    const aborted = consume(counting(3), () => controller.abort(new Error("enough")));
    await assert.rejects(aborted, /enough/);
    assert.deepEqual(events, ["closed"]);
  });

  it("tell a silent source to close when the signal aborts, and do not wait for it", async () => {
    const silent = sourceOf(() => new Promise(() => {}));
    const aborted = consume(silent, () => {});
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(new Error("enough"));
    await assert.rejects(aborted, /enough/);
    assert.deepEqual(events, ["return"]);
  });

  it("do not open a source if the signal has aborted before", async () => {
    controller.abort(new Error("enough"));
    await assert.rejects(
      consume(
        sourceOf(() => unexpected()),
        unexpected,
      ),
      /enough/,
    );
    assert.deepEqual(events, []);
  });

  it("end as the source does, which is not closed then", async () => {
    await consume(
      sourceOf(() => Promise.resolve({ done: true, value: undefined })),
      unexpected,
    );
    const failing = sourceOf(() => Promise.reject(new Error("the file ended")));
    await assert.rejects(consume(failing, unexpected), /the file ended/);
    const throwing = sourceOf(() => {
      throw new Error("no such file");
    });
    await assert.rejects(consume(throwing, unexpected), /no such file/);
    assert.deepEqual(events, []);
  });

  it("end with an error, as in a loop, if the source answers with what is no result", async () => {
    const answer = undefined as unknown as IteratorResult<number>;
    const broken = sourceOf(() => Promise.resolve(answer));
    await assert.rejects(consume(broken, unexpected), TypeError);
    assert.deepEqual(events, []);
    assert.equal(getEventListeners(controller.signal, "abort").length, 0);
  });

  it("may come without promises, and from a source that cannot be closed", async () => {
    let id = 0;
    const plain = {
      [Symbol.asyncIterator]: () => ({ next: () => ({ done: id === 2, value: id++ }) }),
    } as unknown as AsyncIterable<number>;
    const rows: number[] = [];
    await consume(plain, (row) => rows.push(row));
    assert.deepEqual(rows, [0, 1]);
    id = 0;
    await assert.rejects(
      consume(plain, () => {
        throw new Error("bad row");
      }),
      /bad row/,
    );
  });
});

function sourceOf(next: () => Promise<IteratorResult<number>>): AsyncIterable<number> {
  return {
    [Symbol.asyncIterator]: () => ({
      next,
      return() {
        events.push("return");
        return new Promise<IteratorResult<number>>(() => {});
      },
    }),
  };
}
