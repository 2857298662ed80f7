import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { SpoolError } from "../../dist/errors.js";
import { OutcomeUnknownError } from "../../dist/index.js";
import { Gathering } from "../../dist/spooling/gathering.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

interface Row {
  readonly text: string;
}

/** Rows that are gathered in a buffer of ten bytes. */
function openGathering() {
  const clock = new FakeClock();
  const limits = { maxBatchRows: Infinity, maxBatchBytes: 1000, flushIntervalMs: 0 };
  const codec = writeOnly<Row>((row, out) => out.text(row.text));
  const gathered: Batcher<Row> = new Batcher<Row>(codec, limits, new PagePool(), clock, {
    onReady() {},
    onClosed: (batch) => gathering.close(batch),
  });
  const admission = new Admission(gathered, new Budget(10, clock, false), clock);
  const gathering = new Gathering({ gathered, admission });
  return { clock, gathered, admission, gathering };
}

function rows(...texts: string[]): Row[] {
  return texts.map((text) => ({ text }));
}

describe("gathering", () => {
  it("refuses a row that waits for room together with those before it that have failed", async () => {
    const { admission, gathered, gathering } = openGathering();
    const sending = admission.sendMany(rows("12345", "67890", "abcde"));
    const taken = gathering.take();
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
    gathering.fail(gathering.take(), new OutcomeUnknownError({ source: "spool/a" }));
    await assert.rejects(sending, OutcomeUnknownError);
  });
});
