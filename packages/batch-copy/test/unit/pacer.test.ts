import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

const MIB = 1024 * 1024;

let clock: FakeClock;
let admission: Admission<{ bytes: number }>;
let goneOn: number[];
let isExempt: boolean;

beforeEach(() => {
  clock = new FakeClock();
  goneOn = [];
  isExempt = false;
  const limits = { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 100 };
  const codec = writeOnly<{ bytes: number }>((row, out) => out.bytes(new Uint8Array(row.bytes)));
  const batcher = new Batcher(codec, limits, new PagePool(), clock, { onReady() {} });
  admission = new Admission(batcher, new Budget(MIB, clock, false), clock, {
    isExempt: () => isExempt,
  });
});

/** Sends a row of so many bytes, and notes when its sender goes on. */
function send(sender: number, bytes: number): void {
  void admission.send({ bytes }).then(() => goneOn.push(sender));
}

async function turn(): Promise<void> {
  clock.turn();
  await new Promise((resolve) => setImmediate(resolve));
}

describe("senders that have used up a turn's bytes", () => {
  it("go on in order, group by group", async () => {
    send(-1, 128 * 1024);
    for (let sender = 0; sender < 200; sender++) {
      send(sender, 1);
    }
    assert.equal(admission.acceptedRows, 201, "all of them are accepted at once");
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) {
      await turn();
      counts.push(goneOn.length);
    }
    assert.deepEqual(counts, [64, 128, 192, 201]);
    assert.deepEqual(
      goneOn,
      Array.from({ length: 201 }, (_, i) => i - 1),
    );
  });

  it("go on though the buffer has filled meanwhile, if they must not wait for room", async () => {
    isExempt = true;
    send(0, 128 * 1024);
    isExempt = false;
    send(1, 860 * 1024);
    await turn();
    assert.deepEqual(goneOn, [0]);
  });

  it("leave their turn to those who go on while there are bytes left in it", async () => {
    send(0, 128 * 1024);
    await turn();
    send(1, 1000);
    send(2, 1000);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(goneOn, [0, 1, 2]);
  });
});

describe("senders that have reached the reserve of the buffer", () => {
  const almostAll = 0.95 * MIB;

  it("rest until it is free again, their rows being accepted", async () => {
    send(0, almostAll);
    send(1, 1);
    await turn();
    await turn();
    assert.deepEqual(goneOn, []);
    assert.equal(admission.acceptedRows, 2);
    admission.release(almostAll);
    await turn();
    assert.deepEqual(goneOn, [0, 1]);
  });

  it("go on when the copier is closed", async () => {
    send(0, almostAll);
    admission.close();
    await turn();
    assert.deepEqual(goneOn, [0]);
  });

  it("go on when their signal aborts: their rows are accepted", async () => {
    send(0, almostAll);
    const controller = new AbortController();
    const sent = admission.send({ bytes: 1 }, controller.signal);
    await turn();
    controller.abort();
    await sent;
    assert.equal(admission.acceptedRows, 2);
    assert.deepEqual(goneOn, [], "the others rest");
  });

  it("end a sendMany() by its signal, which resolves if all of its rows are accepted", async () => {
    send(0, almostAll);
    const controller = new AbortController();
    const reason = Object.freeze(new Error("enough"));
    const all = admission.sendMany([{ bytes: 1 }], controller.signal);
    const some = admission.sendMany([{ bytes: 1 }, { bytes: 1 }], controller.signal);
    async function* endless() {
      while (true) {
        yield { bytes: 1 };
      }
    }
    const asynchronous = admission.sendMany(endless(), controller.signal);
    const rejected = Promise.all(
      [some, asynchronous].map((sending) => assert.rejects(sending, (error) => error === reason)),
    );
    await turn();
    controller.abort(reason);
    assert.equal(await all, 1);
    await rejected;
    assert.equal(admission.acceptedRows, 4);
  });

  it("learn of a bad row in the next turn", async () => {
    send(0, almostAll);
    const bad = assert.rejects(admission.send({ bytes: -1 }), RangeError);
    await turn();
    await bad;
    assert.deepEqual(goneOn, []);
  });

  it("rest for a turn only if they are what the buffer waits for", async () => {
    isExempt = true;
    send(0, almostAll);
    await turn();
    assert.deepEqual(goneOn, [0]);
  });
});
