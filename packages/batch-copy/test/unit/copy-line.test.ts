import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { copyLine } from "../../dist/transaction/copy-line.js";

/** Context, table, rows sent, and the line that is meant. */
const CASES: readonly (readonly [string, string, number, number | undefined])[] = [
  ["COPY metrics, line 3211", "metrics", 8000, 3211],
  ['COPY metrics, line 7, column latency_ms: "x 9"', "metrics", 10, 7],
  // In other languages the words differ, and their order.
  ["COPY metrics, Zeile 3", "metrics", 10, 3],
  ["metricsのCOPY、行 3", "metrics", 10, 3],
  ["COPY metrics, 行 3, 列 a", "metrics", 10, 3],
  ["metrics 복사, 3번째 줄, a 열", "metrics", 10, 3],
  // Names that look like a part of the context.
  ["COPY x, line 9, line 4", "x, line 9", 10, 4],
  ["COPY 1, line 2", "1", 10, 2],
  ["COPY C, line 5", "C", 10, 5],
  ["COPY a, line 7, column a 5", "a", 10, 7],
  // What a trigger did stands above.
  ["PL/pgSQL function f() line 3 at RAISE\nCOPY metrics, line 8", "metrics", 10, 8],
  ["COPY metrics, line 8\nPL/pgSQL function f() line 3 at RAISE", "metrics", 10, undefined],
  ["metrics 복사, 3번째 줄, a 열", "metrics", 10, 3],
  // A deferred trigger has no line, and its function is often named for the table.
  ["PL/pgSQL function metrics_check() line 3 at RAISE", "metrics", 10, undefined],
  ["metrics_check() PL/pgSQL fonksiyonu, 3. satır, RAISE içinde", "metrics", 10, undefined],
  ['SQL statement "SELECT 1 FROM metrics"', "metrics", 10, undefined],
  // A trigger's function that is named like the table.
  ["PL/pgSQL function metrics_audit() line 4 at RAISE", "metrics", 10, undefined],
  ["PL/pgSQL function check_metrics() line 4 at RAISE", "metrics", 10, undefined],
  ["metrics() PL/pgSQL fonksiyonu, 4. satır, RAISE içinde", "metrics", 10, undefined],
  ['SQL statement "INSERT INTO metrics VALUES (4)"', "metrics", 10, undefined],
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
