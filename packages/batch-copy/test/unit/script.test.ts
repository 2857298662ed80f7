import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Script } from "../../dist/transaction/script.js";

describe("the script of a transaction", () => {
  it("gives rows and tags to the statement that the server answers", () => {
    const seen: string[] = [];
    const statementOf = (sql: string) => ({
      sql,
      onRow: (fields: readonly (string | null)[]) => seen.push(`${sql} row ${fields.join()}`),
      onTag: (tag: string) => seen.push(`${sql} tag ${tag}`),
    });
    const [first, second] = [statementOf("A"), statementOf("B")];
    const script = new Script([first, { sql: "BARE" }, second]);
    assert.equal(script.text, "A; BARE; B");
    script.onRow(["1", null]);
    script.onTag("SELECT 1");
    assert.deepEqual([script.hasAnswered(first), script.hasAnswered(second)], [true, false]);
    script.onTag("SET");
    script.onTag("INSERT 0 2");
    assert.deepEqual(seen, ["A row 1,", "A tag SELECT 1", "B tag INSERT 0 2"]);
    assert.equal(script.isAnswered, true);
  });

  it("is not answered when the server completes more statements than it has", () => {
    const script = new Script([{ sql: "A; B" }]);
    script.onTag("SELECT 1");
    script.onTag("SELECT 1");
    assert.equal(script.isAnswered, false);
  });
});
