import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { copyWrite } from "../../dist/transaction/copy-write.js";
import { Exchange } from "../../dist/transaction/exchange.js";
import type { Proof } from "../../dist/transaction/guard.js";
import type { PgServerError } from "../../dist/transaction/server-error.js";
import type { Statement } from "../../dist/transaction/statement.js";
import type { Writing } from "../../dist/transaction/write.js";

const origin = {
  isPooled: false,
  isReadCommitted: true,
  backendStart: undefined,
  incarnation: undefined,
  whyNoXactId: undefined,
};

const guarded = { before: [{ sql: "SELECT before" }], after: [{ sql: "SELECT after" }] } as const;

/** How COPY writes to a table, with statements around it. */
function writing(table: string, extra: Partial<Writing> = {}): Writing {
  const statement = `COPY ${table}`;
  const write = copyWrite({ statement, insertStatement: "", contextName: table });
  const plain = write.batch.begin(undefined as never);
  return {
    before: [],
    after: [],
    copy: plain.copy,
    written: (copied) => plain.written(copied),
    onCommit() {},
    onNotice() {},
    refusal: (error, rows) => plain.refusal(error, rows),
    ...extra,
  };
}

function exchange(writings: readonly Writing[], aside: readonly Statement[] = []): Exchange {
  const proof = guarded as unknown as Proof;
  return new Exchange({ origin, proof, writings, end: "COMMIT", aside });
}

function failure(where?: string): PgServerError {
  return Object.assign(new Error("no"), { code: "23514", severity: "ERROR", where });
}

describe("a transaction that writes to several tables", () => {
  const other = writing("b", { before: [{ sql: "CREATE" }], after: [{ sql: "MERGE" }] });

  it("says what each of them takes, one after the other, within its guard", () => {
    assert.equal(
      exchange([writing("a"), other]).script.text,
      "SELECT before; COPY a; CREATE; COPY b; MERGE; SELECT after",
    );
    assert.equal(exchange([]).script.text, "SELECT before; SELECT after");
  });

  it("counts the rows of each", () => {
    const said = exchange([writing("a"), other]);
    for (const tag of ["SELECT 1", "COPY 3", "CREATE", "COPY 2", "INSERT 0 2", "SELECT 1"]) {
      said.script.onTag(tag);
    }
    assert.deepEqual(
      said.conclude().map(({ rows }) => rows),
      [3, 2],
    );
  });

  it("blames the first one whose statements are not all answered, and counts rows over all", () => {
    const refusalAfter = (...tags: readonly string[]): unknown => {
      const said = exchange([writing("a"), other], [{ sql: "INSERT a letter" }]);
      tags.forEach((tag) => said.script.onTag(tag));
      const { place, row } = said.refusal(failure("COPY a, line 2"), [3, 5]);
      return [place, row];
    };
    const begun = ["SELECT 1", "INSERT 0 1"];
    assert.deepEqual(refusalAfter("SELECT 1"), ["aside", undefined]);
    assert.deepEqual(refusalAfter(...begun), ["row", 1]);
    assert.deepEqual(refusalAfter(...begun, "COPY 3"), ["aside", undefined]);
    // Its context is that of another table: it names no row of this one.
    assert.deepEqual(refusalAfter(...begun, "COPY 3", "CREATE"), ["row", undefined]);
  });

  it("finds a row of the second table", () => {
    const said = exchange([writing("a"), other]);
    ["SELECT 1", "COPY 3", "CREATE"].forEach((tag) => said.script.onTag(tag));
    assert.equal(said.refusal(failure("COPY b, line 5"), [3, 5]).row, 7);
    assert.equal(said.refusal(failure("COPY b, line 6"), [3, 5]).row, undefined);
  });

  it("blames none for what is only checked at the end", () => {
    const said = exchange([writing("a"), other]);
    const tags = ["SELECT 1", "COPY 3", "CREATE", "COPY 2", "INSERT 0 2", "SELECT 1"];
    tags.forEach((tag) => said.script.onTag(tag));
    assert.deepEqual(said.refusal(failure(), [3, 2]), {
      error: failure(),
      place: "statement",
      row: undefined,
    });
  });
});
