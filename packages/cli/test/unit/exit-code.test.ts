import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { OutcomeUnknownError } from "batch-copy";

import { exitCodeOf, messageOf } from "../../dist/failure.js";

const CASES: readonly (readonly [code: string, exitCode: number, what: string])[] = [
  ["42P01", 2, "a table that does not exist"],
  ["42501", 2, "a missing privilege"],
  ["57P03", 3, "a server that starts"],
  ["53300", 3, "a server with too many connections"],
  ["ECONNREFUSED", 3, "a server that is not there"],
  ["EPIPE", 3, "a connection that breaks while something is sent"],
];

describe("the exit code for an error before anything is loaded", () => {
  for (const [code, exitCode, what] of CASES) {
    it(`is ${exitCode} for ${what}`, () => {
      assert.equal(exitCodeOf(Object.assign(new Error(what), { code })), exitCode);
    });
  }
});

describe("what is said of a commit whose outcome is unknown", () => {
  const cause = new Error("cannot connect: connect ECONNREFUSED 127.0.0.1:5432");

  it("is why, if the next load learns the outcome from the ledger", () => {
    const error = new OutcomeUnknownError({ source: "load a.csv", xid: undefined }, { cause });
    assert.equal(messageOf(error), `the connection to the server was lost: ${cause.message}`);
  });

  it("is that rows may be in the table, if nobody knows", () => {
    const error = new OutcomeUnknownError({ source: undefined, xid: "7" }, { cause });
    assert.match(messageOf(error), /may or may not be in the table/);
  });
});
