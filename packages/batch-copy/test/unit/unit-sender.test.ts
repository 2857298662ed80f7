import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { UnitSender } from "../../dist/batch/unit-sender.js";
import type { UnitSource } from "../../dist/batch/units.js";
import { EncodeError } from "../../dist/index.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

interface Row {
  readonly text: string;
}

/** The rows that may be written, the renewals that are under way, and the positions that were accepted. */
let known: Set<string>;
let renewals: ((isRenewed: boolean) => void)[];
let accepted: bigint[];
let sender: UnitSender<Row>;
let next: bigint;

const source: UnitSource = {
  position: 0n,
  isEnded: false,
  accept: (position) => void accepted.push(position),
  plan: () => 0n,
  throwIfEnded() {},
};

beforeEach(() => {
  known = new Set(["a", "b", "c"]);
  renewals = [];
  accepted = [];
  next = 1n;
  const clock = new FakeClock();
  const limits = { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 100 };
  const codec = writeOnly<Row>(({ text }, out) => {
    if (!known.has(text)) {
      throw new EncodeError("text", text, "is not known");
    }
    out.text(text);
  });
  const batcher = new Batcher<Row>(codec, limits, new PagePool(), clock, { onReady() {} });
  const admission = new Admission<Row>(batcher, new Budget(1000, clock, false), clock, {
    renew: () => new Promise((resolve) => renewals.push(resolve)),
  });
  sender = new UnitSender(admission);
});

function send(text: string): Promise<void> {
  return sender.send({ text }, { source, next: next++ }, {});
}

async function renew(...texts: readonly string[]): Promise<void> {
  texts.forEach((text) => known.add(text));
  renewals.shift()!(true);
  await new Promise((resolve) => setImmediate(resolve));
}

describe("the sender of units", () => {
  it("lets all wait for a unit that gets another attempt, and another one", async () => {
    const sent = [send("x"), send("a"), send("z"), send("b")];
    await renew();
    const last = send("c");
    await renew("x");
    assert.deepEqual(accepted, [1n, 2n]);
    await renew("z");
    await Promise.all([...sent, last]);
    assert.deepEqual(accepted, [1n, 2n, 3n, 4n, 5n]);
  });

  it("rejects what reading the rows throws while others wait", async () => {
    const first = send("x");
    function* rows(): Generator<Row> {
      yield { text: "a" };
      throw new Error("no more");
    }
    await assert.rejects(sender.sendMany(rows(), { source, next: next++ }, {}), /no more/);
    await renew("x");
    await first;
    assert.deepEqual(accepted, [1n]);
  });
});
