import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { fallen } from "../dist/report/fallen.js";

const ratioOf = (contender: string, ratio: number) => ({
  workload: "metrics",
  contender,
  of: "socket",
  ratio,
});

describe("the regression guard", () => {
  it("names what fell by more than a tenth", () => {
    const before = [ratioOf("sendMany", 0.9), ratioOf("send-2048", 0.8)];
    const now = [ratioOf("sendMany", 0.82), ratioOf("send-2048", 0.71)];
    assert.deepEqual(fallen(before, now), [
      { workload: "metrics", contender: "send-2048", of: "socket", before: 0.8, now: 0.71 },
    ]);
  });

  it("names what has no figure any more, and nothing that is new or better", () => {
    const now = [ratioOf("sendMany", 1.2), ratioOf("writable", 0.1)];
    assert.deepEqual(fallen([ratioOf("sendMany", 0.9)], now), []);
    assert.deepEqual(
      fallen([ratioOf("send-1", 0.9)], now).map(({ contender }) => contender),
      ["send-1"],
    );
  });
});
