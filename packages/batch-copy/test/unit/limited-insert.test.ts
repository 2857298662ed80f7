import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { beforeEach, describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { EncodeError, TimeoutError } from "../../dist/index.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

interface Row {
  readonly text: string;
}

let clock: FakeClock;
let batcher: Batcher<Row>;
let admission: Admission<Row>;

beforeEach(() => {
  clock = new FakeClock();
  const limits = { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 1e9 };
  const codec = writeOnly<Row>((row, out) => {
    if (row.text === "bad") {
      throw new EncodeError("text", row.text, "is bad");
    }
    out.text(row.text);
  });
  batcher = new Batcher<Row>(codec, limits, new PagePool(), clock, { onReady() {} });
  admission = new Admission(batcher, new Budget(10, clock, false), clock);
});

function takeBatch() {
  batcher.flush();
  return batcher.take()!;
}

describe("insert() with timeoutMs", () => {
  it("resolves by a commit in time, and leaves no timer", async () => {
    const inserted = admission.insert({ text: "a" }, { timeoutMs: 100 });
    clock.pass(99);
    takeBatch().inserts.resolveAll();
    await inserted;
    assert.equal(clock.timers, 0);
  });

  it("withdraws a row that waits for room, and lets the next ones in", async () => {
    await admission.send({ text: "12345678" });
    const large = admission.insert({ text: "large" }, { timeoutMs: 100 });
    const small = admission.send({ text: "s" });
    const rejected = assert.rejects(large, (error: TimeoutError) => {
      assert.ok(error instanceof TimeoutError);
      assert.deepEqual(
        [error.name, error.code, error.accepted],
        ["TimeoutError", "TIMEOUT", false],
      );
      assert.match(error.message, /100 ms \(timeoutMs\): the row was not written/);
      return true;
    });
    clock.pass(100);
    await rejected;
    clock.turn();
    await small;
    assert.deepEqual([admission.acceptedRows, admission.waitingBytes], [2, 0]);
  });

  it("gives up a row that was accepted, which then is like one of send()", async () => {
    const given = admission.insert({ text: "a" }, { timeoutMs: 100 });
    const patient = admission.insert({ text: "b" });
    const rejected = assert.rejects(given, { name: "TimeoutError", accepted: true });
    clock.pass(100);
    await rejected;
    const batch = takeBatch();
    assert.equal(batch.inserts.of(0), undefined);
    assert.notEqual(batch.inserts.of(1), undefined);
    batch.inserts.resolveAll();
    await patient;
  });

  it("gives up a row that had to wait for room and was accepted in time", async () => {
    await admission.send({ text: "0123456789" });
    const inserted = admission.insert({ text: "a" }, { timeoutMs: 100 });
    const rejected = assert.rejects(inserted, { accepted: true });
    clock.pass(50);
    admission.release(10);
    clock.pass(50);
    await rejected;
  });

  it("stays the waiter of a row whose error it was told, however late it is", async () => {
    const inserted = admission.insert({ text: "a" }, { timeoutMs: 100 });
    const batch = takeBatch();
    batch.inserts.of(0)!.reject(new Error("refused"));
    await assert.rejects(inserted, /refused/);
    clock.pass(1000);
    assert.notEqual(batch.inserts.of(0), undefined, "nobody else is told");
  });

  it("shares a timer with all of the same time, and takes none for a bad row", async () => {
    await assert.rejects(admission.insert({ text: "bad" }, { timeoutMs: 100 }), EncodeError);
    assert.equal(clock.timers, 0);
    const all = Array.from({ length: 1000 }, () =>
      admission.insert({ text: "a" }, { timeoutMs: 100 }),
    );
    assert.equal(clock.timers, 1);
    const settled = Promise.allSettled(all);
    clock.pass(100);
    const errors = (await settled).map((result) => (result as PromiseRejectedResult).reason);
    const accepted = errors.filter((error: TimeoutError) => error.accepted);
    assert.equal(accepted.length, 10);
    clock.turn();
    assert.deepEqual([admission.acceptedRows, clock.timers], [10, 0]);
  });

  it("ends by a close, and leaves no timer", async () => {
    await admission.send({ text: "0123456789" });
    const { timers } = clock;
    const inserted = admission.insert({ text: "a" }, { timeoutMs: 100 });
    assert.equal(clock.timers, timers + 1);
    admission.close();
    await assert.rejects(inserted, { code: "CLOSED" });
    assert.equal(clock.timers, timers);
  });
});

describe("insert() with a signal", () => {
  it("rejects with its reason also after the row was accepted", async () => {
    const controller = new AbortController();
    const inserted = admission.insert({ text: "a" }, { signal: controller.signal });
    const reason = new Error("the client has left");
    controller.abort(reason);
    await assert.rejects(inserted, (error) => error === reason);
    assert.equal(takeBatch().inserts.of(0), undefined);
  });

  it("withdraws a row that waits for room", async () => {
    await admission.send({ text: "0123456789" });
    const controller = new AbortController();
    const inserted = admission.insert({ text: "a" }, { signal: controller.signal });
    controller.abort("enough");
    await assert.rejects(inserted, (reason) => reason === "enough");
    admission.release(10);
    assert.equal(admission.acceptedRows, 1);
  });

  it("notices a signal that a getter of its row aborts", async () => {
    const controller = new AbortController();
    const row = {
      get text() {
        controller.abort();
        return "a";
      },
    };
    const { signal } = controller;
    await assert.rejects(admission.insert(row, { signal }), { name: "AbortError" });
    assert.equal(takeBatch().inserts.of(0), undefined, "the row was accepted, and is given up");
  });

  it("leaves no listener and no timer, however it ends", async () => {
    const { signal } = new AbortController();
    const both = { signal, timeoutMs: 100 };
    const committed = admission.insert({ text: "a" }, both);
    takeBatch().inserts.resolveAll();
    await committed;
    const late = assert.rejects(admission.insert({ text: "b" }, both), { code: "TIMEOUT" });
    clock.pass(100);
    await late;
    await assert.rejects(admission.insert({ text: "bad" }, both), EncodeError);
    assert.equal(getEventListeners(signal, "abort").length, 0);
  });
});
