import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { exitCodeOf } from "../../dist/load/failure.js";

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
