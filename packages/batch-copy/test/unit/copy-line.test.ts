import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { copyLine } from "../../dist/delivery/copy-line.js";

/** Context, table, rows sent, and the line that is meant. */
const CASES: readonly (readonly [string, string, number, number | undefined])[] = [
  ["COPY metrics, line 3211", "metrics", 8000, 3211],
  ['COPY metrics, line 7, column latency_ms: "x 9"', "metrics", 10, 7],
  // In other languages the words differ, and their order.
  ["COPY metrics, Zeile 3", "metrics", 10, 3],
  ["metricsのCOPY、行 3", "metrics", 10, 3],
  ["COPY metrics, 行 3, 列 a", "metrics", 10, 3],
  // Names that look like a part of the context.
  ["COPY x, line 9, line 4", "x, line 9", 10, 4],
  ["COPY 1, line 2", "1", 10, 2],
  ["COPY C, line 5", "C", 10, 5],
  ["COPY a, line 7, column a 5", "a", 10, 7],
  // What a trigger did stands above.
  ["PL/pgSQL function f() line 3 at RAISE\nCOPY metrics, line 8", "metrics", 10, 8],
  ["COPY metrics, line 8\nPL/pgSQL function f() line 3 at RAISE", "metrics", 10, undefined],
  // No line, or none that can be.
  ["COPY metrics", "metrics", 10, undefined],
  ["COPY other, line 3", "metrics", 10, undefined],
  ["COPY metrics, line 11", "metrics", 10, undefined],
  ["COPY metrics, line 0", "metrics", 10, undefined],
];

describe("the line in the context of a COPY's error", () => {
  for (const [where, table, rows, line] of CASES) {
    it(`of ${JSON.stringify(where)} is ${line}`, () => {
      assert.equal(copyLine(where, table, rows), line);
    });
  }

  it("is not looked for without a context, or without a name to tell it by", () => {
    assert.equal(copyLine(undefined, "metrics", 10), undefined);
    assert.equal(copyLine("COPY metrics, line 3", undefined, 10), undefined);
  });
});
