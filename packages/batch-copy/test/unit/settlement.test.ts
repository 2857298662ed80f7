import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Batcher } from "../../dist/batch/batcher.js";
import { PagePool } from "../../dist/batch/page-pool.js";
import { OneAddress } from "../../dist/delivery/addresses.js";
import { Alarm } from "../../dist/delivery/alarm.js";
import { BatchRows } from "../../dist/delivery/batch-rows.js";
import { Rejecter } from "../../dist/delivery/rejecter.js";
import { zeroRowCounts } from "../../dist/delivery/row-counts.js";
import { Settlement } from "../../dist/delivery/settlement.js";
import type { UndeliveredError } from "../../dist/index.js";
import { FakeClock } from "../helpers/fake-clock.js";

describe("settlement", () => {
  it("hands back as many rows refused one by one as there may be", async () => {
    const limits = { maxBatchRows: Infinity, maxBatchBytes: Infinity, flushIntervalMs: 100 };
    const codec = {
      encode: (_: object, out: { int16(n: number): void }) => out.int16(0),
      decode: () => ({}),
      keyOf: () => undefined,
    };
    const batcher = new Batcher<object>(codec, limits, new PagePool(), new FakeClock(), {
      onReady() {},
    });
    // More than a call takes arguments.
    const count = 200_000;
    for (let row = 0; row < count; row++) {
      batcher.append({}, Infinity);
    }
    const point = batcher.flush();
    const batch = batcher.take()!;
    const addresses = new OneAddress({
      table: "t",
      write: () => assert.fail(),
      findMismatch: () => Promise.resolve(undefined),
      deadLetters: undefined,
      rejecter: new Rejecter({
        table: "t",
        onReject: () => new Promise<void>(() => {}),
        group: {},
      }),
      alarm: new Alarm(new FakeClock()),
      counts: zeroRowCounts(),
    });
    const settlement = new Settlement({ addresses, table: "t", onReleased: () => {} });
    const flush = assert.rejects(settlement.flush(point), (error: UndeliveredError) => {
      assert.equal(error.count, count);
      return true;
    });
    const rows = new BatchRows(batch);
    const error = Object.assign(new Error("no"), { code: "23514", severity: "ERROR" });
    for (let row = 0; row < count; row++) {
      void settlement.settleRows(batch, rows, row, row + 1, {
        kind: "refused",
        error,
        place: "row",
        row: 0,
        isDoubtful: false,
        doubtful: undefined,
      });
    }
    settlement.abandon();
    await settlement.handOverRemains("given up");
    await flush;
  });
});
