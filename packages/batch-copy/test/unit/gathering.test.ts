import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import type { Batch } from "../../dist/batch/batch.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { endOfTuple } from "../../dist/batch/end-of-tuple.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { SpoolError } from "../../dist/errors.js";
import { OutcomeUnknownError } from "../../dist/index.js";
import { Gathering } from "../../dist/spooling/gathering.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

interface Row {
  readonly text: string;
}

/** Rows of up to ten characters, two of which fit into the buffer. */
function openGathering(maxBytes = 32, isExempt: () => boolean = () => false) {
  const clock = new FakeClock();
  const limits = { maxBatchRows: Infinity, maxBatchBytes: 1000, flushIntervalMs: 0 };
  // A tuple of one field.
  const codec = writeOnly<Row>((row, out) => {
    out.int16(1);
    out.int32(row.text.length);
    out.text(row.text);
  });
  const pages = new PagePool();
  const gathered: Batcher<Row> = new Batcher<Row>(codec, limits, pages, clock, {
    onReady() {},
    onClosed: (batch) => gathering.close(batch),
  });
  const first: Batcher<Row> = new Batcher<Row>(codec, limits, pages, clock, {
    onReady() {},
    onClosed: (batch) => gathering.closeFirst(batch),
  });
  const admission = new Admission(gathered, new Budget(maxBytes, clock, false), clock, {
    isExempt,
  });
  const gathering = new Gathering({ gathered, first, admission, pages });
  return { clock, gathered, admission, gathering };
}

function rows(...texts: string[]): Row[] {
  return texts.map((text) => ({ text }));
}

function take(gathering: Gathering<Row>, hasRoom = true): Batch | undefined {
  return gathering.take(() => hasRoom)?.batch;
}

/** The texts of a batch's rows. */
function textOf(batch: Batch): string {
  const tuples = Buffer.concat(batch.pages.map((page) => page.tuples));
  let texts = "";
  for (let start = 0; start < tuples.length; start = endOfTuple(tuples, start)) {
    texts += tuples.toString("utf8", start + 6, endOfTuple(tuples, start));
  }
  return texts;
}

describe("gathering", () => {
  it("refuses a row that waits for room together with those before it that have failed", async () => {
    const { admission, gathered, gathering } = openGathering();
    const sending = admission.sendMany(rows("12345", "67890", "abcde"));
    const taken = take(gathering);
    gathering.fail(taken, new SpoolError("the disk has failed"));
    await assert.rejects(sending, (error: SpoolError) => {
      assert.ok(error instanceof SpoolError);
      assert.equal(error.accepted, 0);
      return true;
    });
    assert.equal(gathered.flush().hasBegun, false, "no row is left to be made durable");
    assert.equal(admission.bufferedBytes, 0);
  });

  it("tells sendMany() if rows may be written: a SpoolError says that they can be sent again", async () => {
    const { admission, gathering } = openGathering();
    const sending = admission.sendMany(rows("12345"));
    gathering.fail(take(gathering), new OutcomeUnknownError({ source: "spool/a" }));
    await assert.rejects(sending, OutcomeUnknownError);
  });

  it("takes rows out whose senders have gone, and numbers the others anew", async () => {
    const { admission, gathering } = openGathering(1000);
    const control = new AbortController();
    const { signal } = control;
    const told: string[] = [];
    const tell = (text: string) => () => void told.push(text);
    const kept = admission.send({ text: "a" }).then(tell("a"));
    const single = admission.send({ text: "b" }, signal);
    const insert = admission.insert({ text: "c" });
    const many = admission.sendMany(rows("d", "e"), signal);
    const last = admission.insert({ text: "f" });
    control.abort(new Error("enough"));
    await assert.rejects(single, { message: "enough" });
    await assert.rejects(many, { message: "enough" });
    const batch = take(gathering)!;
    assert.equal(textOf(batch), "acf");
    assert.deepEqual([batch.rows, batch.bytes], [3, 21]);
    assert.deepEqual(
      [...batch.inserts.entries()].map(([row]) => row),
      [1, 2],
    );
    batch.inserts.resolveAll();
    await Promise.all([insert, last]);
    gathering.stored(batch);
    await kept;
    assert.deepEqual(told, ["a"]);
    assert.equal(admission.bufferedBytes, 0);
  });

  it("takes nothing if all senders have gone", async () => {
    const { admission, gathering } = openGathering();
    const control = new AbortController();
    const sending = admission.send({ text: "a" }, control.signal);
    control.abort(new Error("enough"));
    await assert.rejects(sending, { message: "enough" });
    assert.equal(take(gathering), undefined);
    assert.equal(admission.bufferedBytes, 0);
  });

  it("does not tell a sender that it is gone whose row is being written", async () => {
    const { admission, gathering } = openGathering();
    const control = new AbortController();
    const { signal } = control;
    const single = admission.send({ text: "a" }, signal);
    const many = admission.sendMany(rows("b"), signal);
    const batch = take(gathering)!;
    control.abort(new Error("enough"));
    gathering.stored(batch);
    await single;
    assert.equal(await many, 1);
  });

  it("withdraws a row that has waited for room in the buffer, also when it is gathered", async () => {
    const { admission, gathering } = openGathering();
    const control = new AbortController();
    const first = admission.sendMany(rows("1234567890", "1234567890"));
    const late = admission.send({ text: "late" }, control.signal);
    gathering.stored(take(gathering)!);
    assert.equal(await first, 2);
    control.abort(new Error("enough"));
    await assert.rejects(late, { message: "enough" });
    assert.equal(take(gathering), undefined);
  });

  it("takes rows first whose senders must not wait, and only these if there is no room", async () => {
    let isExempt = false;
    const { admission, gathering } = openGathering(1000, () => isExempt);
    const before = admission.send({ text: "before" });
    isExempt = true;
    const sending = admission.send({ text: "exempt" });
    const inserting = admission.insert({ text: "insert" });
    isExempt = false;
    const together = take(gathering, false)!;
    assert.equal(textOf(together), "exemptinsert");
    assert.deepEqual(
      [...together.inserts.entries()].map(([row]) => row),
      [1],
    );
    together.inserts.resolveAll();
    gathering.stored(together);
    await Promise.all([sending, inserting]);
    assert.equal(take(gathering, false), undefined);
    const batch = take(gathering)!;
    assert.equal(textOf(batch), "before");
    gathering.stored(batch);
    await before;
    assert.equal(admission.bufferedBytes, 0);
  });

  it("takes rows out whose senders must not wait, and have gone", async () => {
    const { admission, gathering } = openGathering(1000, () => true);
    const control = new AbortController();
    const kept = admission.send({ text: "a" });
    const gone = admission.sendMany(rows("b", "c"), control.signal);
    const last = admission.send({ text: "d" });
    control.abort(new Error("enough"));
    await assert.rejects(gone, { message: "enough" });
    const batch = take(gathering, false)!;
    assert.equal(textOf(batch), "ad");
    const flushed = gathering.flush();
    gathering.stored(batch);
    await Promise.all([kept, last, flushed]);
    assert.equal(admission.bufferedBytes, 0);
  });
});
