import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Admission } from "../../dist/batch/admission.js";
import { Batcher } from "../../dist/batch/batcher.js";
import { Budget } from "../../dist/batch/budget.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { FakeClock } from "../helpers/fake-clock.js";
import { writeOnly } from "../helpers/write-only.js";

interface Row {
  readonly bytes: number;
}

/** A table that shares the budget. */
interface Member {
  readonly admission: Admission<Row>;
  readonly batcher: Batcher<Row>;
  accepted: number;
}

let clock: FakeClock;
let budget: Budget;

beforeEach(() => {
  clock = new FakeClock();
  budget = new Budget(100, clock, true);
});

function newMember(): Member {
  const limits = { maxBatchRows: 1e9, maxBatchBytes: 1e9, flushIntervalMs: 1e6 };
  const codec = writeOnly<Row>(({ bytes }, out) => out.bytes(new Uint8Array(bytes)));
  const batcher = new Batcher(codec, limits, new PagePool(), clock, { onReady() {} });
  return { batcher, admission: new Admission(batcher, budget, clock), accepted: 0 };
}

/** Sends rows of ten bytes; returns how many are accepted. */
async function fill(member: Member, rows = 50): Promise<number> {
  for (let i = 0; i < rows; i++) {
    void member.admission.send({ bytes: 10 }).then(() => member.accepted++);
  }
  await settled();
  return member.accepted;
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("a buffer that several tables share", () => {
  it("gives half of it to the first, and a share of the rest to each further one", async () => {
    const counts: number[] = [];
    for (let i = 0; i < 4; i++) {
      counts.push(await fill(newMember()));
    }
    assert.deepEqual(counts, [5, 3, 1, 1]);
  });

  it("lets each table have one row, however full it is and however large the row", async () => {
    await fill(newMember());
    await fill(newMember());
    await fill(newMember());
    const large = newMember();
    let isAccepted = false;
    void large.admission.send({ bytes: 1000 }).then(() => (isAccepted = true));
    await settled();
    assert.ok(isAccepted);
    assert.equal(await fill(large), 0, "but no second one");
  });

  it("gives room that becomes free to each table that waits, in turns", async () => {
    const [one, other] = [newMember(), newMember()];
    await fill(one);
    await fill(other);
    assert.deepEqual([one.accepted, other.accepted], [5, 3]);
    for (let i = 0; i < 10; i++) {
      one.admission.release(10);
      other.admission.release(10);
      await settled();
    }
    assert.ok(one.accepted >= 13 && other.accepted >= 11, `${one.accepted} ${other.accepted}`);
  });

  it("lets senders go on though many tables have used up their shares", async () => {
    budget = new Budget(2 ** 20, clock, true);
    for (let i = 0; i < 40; i++) {
      const member = newMember();
      void member.admission.send({ bytes: 1 });
      for (let row = 0; row < 100; row++) {
        void member.admission.send({ bytes: 10_000 });
      }
    }
    for (let i = 0; i < 100; i++) {
      clock.turn();
      await settled();
    }
    assert.ok(budget.bufferedBytes > (2 ** 20 * 15) / 16);
    const healthy = newMember();
    assert.equal(await fill(healthy, 1), 1);
  });

  it("makes what other tables gather due when somebody waits", async () => {
    const [one, other] = [newMember(), newMember()];
    await fill(other, 1);
    await fill(one);
    assert.ok(one.batcher.hasBatch, "its own at once");
    clock.turn();
    assert.ok(other.batcher.hasBatch);
  });

  it("lets a turn end for all tables together", async () => {
    budget = new Budget(1e9, clock, true);
    const [one, other] = [newMember(), newMember()];
    await one.admission.send({ bytes: 120_000 });
    let isThrough = false;
    const paced = other.admission.send({ bytes: 120_000 }).then(() => (isThrough = true));
    await settled();
    assert.equal(isThrough, false);
    clock.turn();
    await paced;
  });

  it("lets senders that rest go on when the last table is closed", async () => {
    budget = new Budget(1e9, clock, true);
    const [one, other] = [newMember(), newMember()];
    let isThrough = false;
    void one.admission.send({ bytes: 200_000 }).then(() => (isThrough = true));
    one.admission.close();
    other.admission.close();
    clock.turn();
    await settled();
    assert.ok(isThrough);
  });
});
