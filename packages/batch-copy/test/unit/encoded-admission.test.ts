import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import type { AdmissionHooks } from "../../dist/batch/admission-hooks.js";
import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import type { RowCodec } from "../../dist/batch/row-codec.js";
import { UnitSender } from "../../dist/batch/unit-sender.js";
import { ClosedError, EncodeError } from "../../dist/index.js";
import { blockOf, encoded, type Block } from "../helpers/encoded-block.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { PlacedSource } from "../helpers/placed-source.js";

interface Row {
  readonly text: string;
}

/** The room of the buffer in bytes. */
const ROOM = 10;

/** Writes the texts that are allowed, in one of two cases. */
function codecOf(change: (text: string) => string, refused = ""): RowCodec<Row> {
  return {
    encode({ text }, out) {
      if (text === refused) {
        throw new EncodeError("text", text, "does not fit any more");
      }
      out.text(change(text));
    },
    decode: (tuple) => ({ text: tuple.text() }),
    keyOf: () => undefined,
  };
}

const lower = codecOf((text) => text.toLowerCase(), "bad");
const upper = codecOf((text) => text.toUpperCase(), "gone");

let admission: Admission<Row>;
let batcher: Batcher<Row>;
let source: PlacedSource;
let sender: UnitSender<Row>;
let isExempt: boolean;
let renewals: ((isRenewed: boolean) => void)[];

beforeEach(() => {
  const clock = new FakeClock();
  const limits = { maxBatchRows: 1e6, maxBatchBytes: 1e9, flushIntervalMs: 100 };
  batcher = new Batcher<Row>(lower, limits, new PagePool(), clock, { onReady() {} });
  isExempt = false;
  renewals = [];
  const hooks: AdmissionHooks<Row> = {
    isExempt: () => isExempt,
    renew: () => new Promise((resolve) => renewals.push(resolve)),
  };
  admission = new Admission(batcher, new Budget(ROOM, clock, false), clock, hooks);
  source = new PlacedSource();
  sender = new UnitSender(admission);
});

function send(block: Block, signal?: AbortSignal, codec = lower): Promise<void> {
  return sender.sendEncoded(encoded(block, admission, codec), source, signal);
}

function contents(): string[] {
  batcher.flush();
  const found: string[] = [];
  for (let batch = batcher.take(); batch !== undefined; batch = batcher.take()) {
    found.push(batch.pages.map((page) => page.tuples.toString()).join(""));
  }
  return found;
}

/** Whether the promise is pending. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol("pending");
  const turn = new Promise((resolve) => setImmediate(resolve, pending));
  return (await Promise.race([promise.catch(() => {}), turn])) === pending;
}

describe("encoded rows", () => {
  it("are accepted at once while there is room, and count as bytes", async () => {
    await send(blockOf(["abc", "def"]));
    assert.equal(admission.bufferedBytes, 6);
    assert.equal(admission.acceptedRows, 2);
    assert.deepEqual(contents(), ["abcdef"]);
  });

  it("wait for room, and those after them wait for them", async () => {
    await send(blockOf(["1234567"]));
    const second = send(blockOf(["abcd"], 1));
    const third = send(blockOf(["e"], 2));
    assert.ok(await isPending(second));
    assert.ok(await isPending(third));
    assert.equal(admission.waitingBytes, 5);
    admission.release(7);
    admission.letIn();
    await Promise.all([second, third]);
    assert.deepEqual(source.accepted, [1n, 2n, 3n]);
    assert.deepEqual(contents(), ["1234567abcde"]);
  });

  it("that are larger than the buffer are accepted when no other row is", async () => {
    await send(blockOf(["1"]));
    const large = send(blockOf(["x".repeat(50), "y".repeat(50)], 1));
    assert.ok(await isPending(large));
    admission.release(1);
    admission.letIn();
    await large;
    assert.equal(admission.bufferedBytes, 100);
  });

  it("are withdrawn by the signal while they wait, and their memory is free then", async () => {
    await send(blockOf(["1234567890"]));
    const controller = new AbortController();
    const block = blockOf(["a"], 1);
    const waiting = send(block, controller.signal);
    controller.abort(new Error("enough"));
    await assert.rejects(waiting, /enough/);
    block.memory.isReused = true;
    admission.release(10);
    admission.letIn();
    assert.deepEqual(contents(), ["1234567890"]);
    await assert.rejects(send(blockOf(["b"], 1), AbortSignal.abort(new Error("before"))), /before/);
  });

  it("are refused with a ClosedError when the table closes while they wait", async () => {
    await send(blockOf(["1234567890"]));
    const waiting = send(blockOf(["a"], 1));
    admission.close();
    await assert.rejects(waiting, ClosedError);
    await assert.rejects(send(blockOf(["b"], 1)), ClosedError);
    assert.deepEqual(source.accepted, [1n]);
  });

  it("are refused if their memory was used again while they waited", async () => {
    await send(blockOf(["1234567890"]));
    const block = blockOf(["a"], 1);
    const waiting = send(block);
    block.memory.isReused = true;
    admission.release(10);
    admission.letIn();
    await assert.rejects(waiting, /another row before these rows were accepted/);
    assert.deepEqual(contents(), ["1234567890"]);
  });

  it("are refused if they are those of another table", async () => {
    const rows = encoded(blockOf(["a"]), {}, lower);
    await assert.rejects(sender.sendEncoded(rows, source, undefined), {
      name: "TypeError",
      message: "the rows were encoded by the encoder of another copier",
    });
  });

  it("wait for a unit of their source that gets another attempt", async () => {
    const first = sender.send({ text: "bad" }, { source, next: 1n }, {});
    const second = send(blockOf(["b", "c"], 1));
    assert.ok(await isPending(second));
    renewals[0]!(false);
    await assert.rejects(first, EncodeError);
    await second;
    assert.deepEqual(source.accepted, [3n]);
  });

  it("of a sender that must not wait pass others, but none of their own source", async () => {
    await send(blockOf(["1234567890"]));
    const own = send(blockOf(["a"], 1));
    const plain = admission.send({ text: "p" });
    isExempt = true;
    await send(blockOf(["b"], 2));
    await admission.offerEncoded(encoded(blockOf(["c"]), admission, lower), undefined, undefined);
    await own;
    assert.ok(await isPending(plain));
    assert.deepEqual(contents(), ["1234567890ab", "c"]);
  });
});

describe("encoded rows of a table that has changed", () => {
  it("are encoded again when they are sent", async () => {
    admission.changeCodec(upper);
    await send(blockOf(["ab", "c"]));
    assert.deepEqual(contents(), ["ABC"]);
  });

  it("are encoded again while they wait", async () => {
    await send(blockOf(["1234567890"]));
    const waiting = send(blockOf(["ab", "c"], 1));
    admission.changeCodec(upper);
    admission.release(10);
    admission.letIn();
    await waiting;
    assert.deepEqual(contents(), ["1234567890", "ABC"]);
    assert.deepEqual(source.accepted, [1n, 3n]);
  });

  it("are refused together if one does not fit any more", async () => {
    await send(blockOf(["1234567890"]));
    const waiting = send(blockOf(["a", "gone"], 1));
    admission.changeCodec(upper);
    await assert.rejects(waiting, { name: "EncodeError", column: "text" });
    admission.release(10);
    await assert.rejects(send(blockOf(["gone", "b"], 1)), EncodeError);
    await send(blockOf(["b"], 2));
    assert.deepEqual(contents(), ["1234567890", "B"]);
    assert.deepEqual(source.accepted, [1n, 3n]);
  });

  it("are not read if their memory was used again", async () => {
    await send(blockOf(["1234567890"]));
    const [waiting, later] = [blockOf(["a"], 1), blockOf(["b"], 2)];
    const sent = send(waiting);
    waiting.memory.isReused = true;
    later.memory.isReused = true;
    admission.changeCodec(upper);
    await assert.rejects(sent, /another row before/);
    await assert.rejects(send(later), /another row before/);
  });
});
