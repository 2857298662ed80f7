import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { ClosedError, EncodeError } from "../../dist/index.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { SignalShim } from "../helpers/signal-shim.js";
import { writeOnly } from "../helpers/write-only.js";

interface Row {
  readonly text: string;
}

let clock: FakeClock;
let admission: Admission<Row>;
let batcher: Batcher<Row>;
let accepted: string[];

beforeEach(() => {
  clock = new FakeClock();
  accepted = [];
  const limits = { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 100 };
  const codec = writeOnly<Row>((row, out) => {
    if (row.text === "bad") {
      throw new EncodeError("text", row.text, "is bad");
    }
    out.text(row.text);
  });
  batcher = new Batcher<Row>(codec, limits, new PagePool(), clock, { onReady() {} });
  admission = new Admission(batcher, new Budget(10, clock, false), clock);
});

/** Sends a row and notes when it is accepted. */
function send(text: string, signal?: AbortSignal): Promise<void> {
  return admission.send({ text }, signal).then(() => void accepted.push(text));
}

/** A row that aborts a signal when it is read. */
function aborting(controller: AbortController): Row {
  return {
    get text() {
      controller.abort();
      return "late";
    },
  };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("admission", () => {
  it("accepts at once while there is room", async () => {
    await send("12345");
    await send("67890");
    assert.equal(admission.bufferedBytes, 10);
    assert.equal(admission.acceptedRows, 2);
  });

  it("lets senders wait beyond maxBufferedBytes, first come, first served", async () => {
    await send("1234567");
    const large = send("large");
    const small = send("s");
    await settled();
    // The small one would fit, but it came later.
    assert.deepEqual(accepted, ["1234567"]);
    admission.release(7);
    await Promise.all([large, small]);
    assert.deepEqual(accepted, ["1234567", "large", "s"]);
    assert.equal(admission.bufferedBytes, 6);
  });

  it("lets nobody past a sender that does not fit yet, also when room comes bit by bit", async () => {
    await send("1234567890");
    const large = send("12345678");
    const small = send("a");
    admission.release(5);
    await settled();
    assert.deepEqual(accepted, ["1234567890"]);
    admission.release(5);
    await Promise.all([large, small]);
    assert.deepEqual(accepted, ["1234567890", "12345678", "a"]);
  });

  it("takes a row larger than everything when nothing else is buffered", async () => {
    await send("1");
    const giant = send("x".repeat(100));
    await settled();
    assert.deepEqual(accepted, ["1"]);
    admission.release(1);
    await giant;
    assert.equal(admission.bufferedBytes, 100);
    const next = send("2");
    await settled();
    assert.equal(accepted.length, 2);
    admission.release(100);
    await next;
  });

  it("takes only the sender out whose signal aborts while it waits", async () => {
    await send("0123456789");
    const controller = new AbortController();
    const first = send("a");
    const second = send("b", controller.signal);
    const third = send("c");
    controller.abort(new Error("changed my mind"));
    await assert.rejects(second, /changed my mind/);
    admission.release(10);
    await Promise.all([first, third]);
    assert.deepEqual(accepted, ["0123456789", "a", "c"]);
  });

  it("lets the next ones in when the first leaves by its signal", async () => {
    await send("123456");
    const controller = new AbortController();
    const large = send("x".repeat(9), controller.signal);
    const small = send("ab");
    controller.abort();
    await assert.rejects(large, { name: "AbortError" });
    clock.turn();
    await small;
    assert.deepEqual(accepted, ["123456", "ab"]);
  });

  it("does not accept a row whose signal has aborted before", async () => {
    await assert.rejects(send("a", AbortSignal.abort()), { name: "AbortError" });
    assert.equal(admission.acceptedRows, 0);
  });

  it("ignores a signal that aborts after the row was accepted", async () => {
    await send("0123456789");
    const controller = new AbortController();
    const waiting = send("a", controller.signal);
    admission.release(10);
    controller.abort();
    await waiting;
    assert.equal(admission.acceptedRows, 2);
  });

  it("makes the open batch due when somebody waits: it may be all that takes the room", async () => {
    await send("0123456789");
    clock.turn();
    assert.equal(batcher.take(), undefined);
    void send("a");
    clock.turn();
    assert.equal(batcher.take()?.rows, 1);
  });

  it("lets a sender in beyond the limit that must not wait", async () => {
    const exempt = new Admission(batcher, new Budget(10, clock, false), clock, {
      isExempt: () => true,
    });
    await exempt.send({ text: "0123456789" });
    await exempt.send({ text: "more" });
    assert.equal(exempt.bufferedBytes, 14);
  });

  it("takes thousands of senders that wait with one signal", async () => {
    await send("0123456789");
    const controller = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error): void => void warnings.push(warning);
    process.on("warning", note);
    const start = Date.now();
    const waiting = Array.from({ length: 20_000 }, () => send("a", controller.signal));
    const rejected = Promise.allSettled(waiting);
    controller.abort();
    const results = await rejected;
    assert.ok(results.every(({ status }) => status === "rejected"));
    assert.ok(Date.now() - start < 2000, `${Date.now() - start} ms`);
    await settled();
    process.off("warning", note);
    assert.deepEqual(warnings, []);
  });

  it("accepts a row whose getter aborts its own signal, if there is room", async () => {
    const controller = new AbortController();
    await admission.send(aborting(controller), controller.signal);
    assert.equal(admission.acceptedRows, 1);
  });

  it("does not let a row wait whose getter aborts its own signal, and harms no other sender", async () => {
    await send("0123456789");
    const controller = new AbortController();
    const first = admission.send(aborting(controller), controller.signal);
    const second = send("b");
    await assert.rejects(first, { name: "AbortError" });
    admission.release(10);
    await second;
    assert.equal(admission.acceptedRows, 2);
  });

  it("lets nobody in while a row is encoded whose getter aborts the signal of a waiting one", async () => {
    await send("12345678");
    const controller = new AbortController();
    const large = send("large", controller.signal);
    const small = send("s");
    const refused = assert.rejects(large, { name: "AbortError" });
    const third = admission.send(aborting(controller));
    assert.equal(admission.acceptedRows, 1);
    clock.turn();
    await Promise.all([refused, small]);
    admission.release(8);
    await third;
    assert.equal(admission.acceptedRows, 3);
    assert.equal(admission.waitingBytes, 0);
  });

  it("takes what listeners of the signal send, before and after its own", async () => {
    await send("0123456789");
    const controller = new AbortController();
    const { signal } = controller;
    const sent: Promise<void>[] = [];
    const sendMore = (): void => {
      sent.push(send("plain"), assert.rejects(send("aborted", signal), { name: "AbortError" }));
    };
    signal.addEventListener("abort", () => sendMore());
    const waiting = send("a", signal);
    signal.addEventListener("abort", () => sendMore());
    controller.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    assert.equal(sent.length, 4);
    admission.release(10);
    await Promise.all(sent);
    assert.deepEqual(accepted, ["0123456789", "plain", "plain"]);
  });

  it("takes signals of polyfills", async () => {
    const shim = new SignalShim();
    await send("0123456789", shim.signal);
    const waiting = send("a", shim.signal);
    shim.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    await assert.rejects(send("b", shim.signal), { name: "AbortError" });
    await assert.rejects(send("c", {} as AbortSignal), { code: "INVALID_OPTION" });
  });

  it("withdraws all senders of a signal before it lets others in", async () => {
    await send("123456");
    const controller = new AbortController();
    const senders = ["large", "ab", "c"].map((text) => send(text, controller.signal));
    const other = send("d");
    controller.abort();
    const results = await Promise.allSettled(senders);
    assert.ok(results.every(({ status }) => status === "rejected"));
    clock.turn();
    await other;
    assert.deepEqual(accepted, ["123456", "d"]);
  });

  it("reads a row when it is sent, also if it has to wait", async () => {
    await send("0123456789");
    const row = { text: "as sent" };
    const sent = admission.send(row);
    const inserted = admission.insert(row);
    row.text = "changed";
    admission.release(10);
    await sent;
    admission.release(7);
    batcher.flush();
    const batch = batcher.take()!;
    assert.equal(
      batch.pages.map(({ tuples }) => tuples.toString()).join(""),
      "0123456789as sentas sent",
    );
    batch.inserts.resolveAll();
    await inserted;
  });

  it("counts the bytes of the rows that wait", async () => {
    await send("0123456789");
    const controller = new AbortController();
    const first = send("12345");
    const second = send("12", controller.signal);
    const third = send("123456");
    assert.equal(admission.waitingBytes, 13);
    controller.abort();
    await assert.rejects(second, { name: "AbortError" });
    assert.equal(admission.waitingBytes, 11);
    admission.release(10);
    await first;
    assert.equal(admission.waitingBytes, 6);
    admission.close();
    await assert.rejects(third, ClosedError);
    assert.equal(admission.waitingBytes, 0);
  });

  it("refuses a bad row at once, though senders wait", async () => {
    await send("0123456789");
    const waiting = send("a");
    await assert.rejects(send("bad"), EncodeError);
    await assert.rejects(admission.insert({ text: "bad" }), EncodeError);
    admission.release(10);
    await waiting;
  });

  const badCalls: Record<string, () => Promise<unknown>> = {
    "send()": () => admission.send({ text: "bad" }),
    "insert()": () => admission.insert({ text: "bad" }),
    "insert() with limits": () => admission.insert({ text: "bad" }, { timeoutMs: 100 }),
    "sendMany()": () => admission.sendMany([{ text: "bad" }]),
  };
  for (const [name, call] of Object.entries(badCalls)) {
    it(`lets the event loop come round in a loop over bad rows of ${name} as well`, async () => {
      const refusals: unknown[] = [];
      const loop = (async () => {
        while (refusals.length < 1000) {
          await call().catch((error: unknown) => refusals.push(error));
        }
      })();
      await settled();
      assert.ok(refusals.length < 1000, `${refusals.length} refusals in one turn`);
      for (let turns = 0; refusals.length < 1000; turns++) {
        assert.ok(turns < 1000);
        clock.turn();
        await settled();
      }
      await loop;
    });
  }

  it("refuses a bad row for its sender alone, also one that has waited", async () => {
    await assert.rejects(send("bad"), EncodeError);
    await send("0123456789");
    const bad = send("bad");
    const good = send("good");
    admission.release(10);
    await assert.rejects(bad, /column "text": is bad/);
    await good;
  });

  it("gives waiting and later senders a ClosedError when it is closed", async () => {
    await send("0123456789");
    const waiting = send("a");
    const insert = admission.insert({ text: "b" });
    admission.close();
    await assert.rejects(waiting, ClosedError);
    await assert.rejects(insert, ClosedError);
    await assert.rejects(send("c"), ClosedError);
    await assert.rejects(admission.sendMany([{ text: "d" }]), { code: "CLOSED", accepted: 0 });
  });

  it("reads a row once that fits, however little is left of the turn", async () => {
    let reads = 0;
    const once = new Admission(
      new Batcher<Row>(
        writeOnly((row, out) => {
          reads++;
          out.text(row.text);
        }),
        { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 100 },
        new PagePool(),
        clock,
        { onReady() {} },
      ),
      new Budget(900_000, clock, false),
      clock,
    );
    await once.send({ text: "x" });
    void once.send({ text: "x".repeat(500_000) });
    assert.equal(reads, 2);
    assert.equal(once.acceptedRows, 2);
  });

  it("lets the event loop come round after many bytes", async () => {
    const wide = new Admission(
      new Batcher<Row>(
        writeOnly((row, out) => out.text(row.text)),
        { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 100 },
        new PagePool(),
        clock,
        { onReady() {} },
      ),
      new Budget(1e9, clock, false),
      clock,
    );
    const row = { text: "x".repeat(120_000) };
    await wide.send(row);
    let isThrough = false;
    const paced = wide.send(row).then(() => void (isThrough = true));
    await settled();
    assert.equal(isThrough, false);
    assert.equal(wide.acceptedRows, 2);
    clock.turn();
    await paced;
    await wide.send(row);
  });
});

describe("sendMany", () => {
  it("takes arrays, generators and async generators, and counts", async () => {
    const rows = ["a", "b", "c"].map((text) => ({ text }));
    assert.equal(await admission.sendMany(rows), 3);
    assert.equal(await admission.sendMany(new Set(rows)), 3);
    async function* generate(): AsyncGenerator<Row> {
      yield* rows;
    }
    assert.equal(await admission.sendMany(generate()), 3);
    assert.equal(admission.acceptedRows, 9);
  });

  it("stops at a bad row and says how many were accepted", async () => {
    const rows = ["a", "b", "bad", "c"].map((text) => ({ text }));
    await assert.rejects(admission.sendMany(rows), {
      code: "ENCODE_FAILED",
      accepted: 2,
      index: 2,
    });
    assert.equal(admission.acceptedRows, 2);
  });

  it("waits for room and for bad rows of an async generator too", async () => {
    async function* generate(): AsyncGenerator<Row> {
      for (let i = 0; i < 12; i++) {
        yield { text: "x" };
      }
      yield { text: "bad" };
    }
    const done = admission.sendMany(generate());
    await settled();
    assert.equal(admission.acceptedRows, 10);
    admission.release(10);
    await assert.rejects(done, { accepted: 12, index: 12 });
  });

  it("waits for room and goes on", async () => {
    const done = admission.sendMany(Array.from({ length: 25 }, () => ({ text: "x" })));
    for (const expected of [10, 20]) {
      await settled();
      assert.equal(admission.acceptedRows, expected);
      admission.release(10);
    }
    assert.equal(await done, 25);
  });

  it("ends by its signal, also while it waits for room", async () => {
    const controller = new AbortController();
    const rows = Array.from({ length: 25 }, () => ({ text: "x" }));
    const done = admission.sendMany(rows, controller.signal);
    await settled();
    controller.abort();
    await assert.rejects(done, { name: "AbortError" });
    assert.equal(admission.acceptedRows, 10);
  });

  it("ends by its signal while its source is silent", async () => {
    const controller = new AbortController();
    let isReturned = false;
    const silent: AsyncIterable<Row> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => {}),
        return() {
          isReturned = true;
          return new Promise(() => {});
        },
      }),
    };
    const done = admission.sendMany(silent, controller.signal);
    await settled();
    controller.abort();
    await assert.rejects(done, { name: "AbortError" });
    assert.ok(isReturned);
  });

  it("passes on what the iterable throws", async () => {
    function* failing(): Generator<Row> {
      yield { text: "a" };
      throw new Error("the file ended");
    }
    await assert.rejects(admission.sendMany(failing()), /the file ended/);
    assert.equal(admission.acceptedRows, 1);
  });

  it("does not count in the error of another copier's row, which the iterable passes on", async () => {
    const error = new EncodeError("text", 1, "is bad");
    function* failing(): Generator<Row> {
      yield { text: "a" };
      throw error;
    }
    await assert.rejects(admission.sendMany(failing()), (thrown) => thrown === error);
    async function* failingLater(): AsyncGenerator<Row> {
      yield* failing();
    }
    await assert.rejects(admission.sendMany(failingLater()), (thrown) => thrown === error);
    assert.deepEqual([error.index, error.accepted], [undefined, undefined]);
  });
});
