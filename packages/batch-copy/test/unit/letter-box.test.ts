import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { DeadLetters } from "../../dist/delivery/dead-letters.js";
import { LetterBox } from "../../dist/delivery/letter-box.js";
import type { Means } from "../../dist/delivery/means.js";
import { Health } from "../../dist/delivery/patience.js";
import { ConnectError } from "../../dist/index.js";
import { FakeClock } from "../helpers/fake-clock.js";

const refusal = { kind: "refused", isDoubtful: false, doubtful: undefined } as const;

/** What a box says of a row whose letter cannot be made because of the errors, one after the other. */
async function warningsAfter(errors: readonly Error[]): Promise<readonly string[]> {
  const clock = new FakeClock();
  const warnings: string[] = [];
  const means = {
    table: "t",
    clock,
    health: new Health(),
    retry: { minDelayMs: 1, maxDelayMs: 1, timeoutMs: Infinity },
    alarm: { sound: (_kind: string, message: string) => void warnings.push(message) },
  } as unknown as Means;
  let attempts = 0;
  const deadLetters: DeadLetters = {
    letterOf: () =>
      attempts < errors.length ? Promise.reject(errors[attempts++]!) : new Promise<never>(() => {}),
    statement: (letters) => ({ sql: letters.join() }),
  };
  const box = new LetterBox({
    means,
    signal: AbortSignal.timeout(60_000),
    isLost: () => false,
    settle: () => {},
  });
  const fate = { ...refusal, error: serverError("23514"), place: "row", row: 0 } as const;
  box.add({
    position: 0,
    fate,
    table: "t",
    fields: [],
    codec: undefined as never,
    deadLetters,
    place: undefined,
  });
  const made = box.makeLetters();
  while (attempts < errors.length) {
    await new Promise(setImmediate);
    clock.pass(1);
  }
  await Promise.race([made, new Promise(setImmediate)]);
  return warnings;
}

function serverError(code: string): Error & { code: string; severity: string } {
  return Object.assign(new Error(`error ${code}`), { code, severity: "ERROR" });
}

function rejected(code: string): Error {
  return new ConnectError("rejected", { cause: serverError(code) });
}

describe("a letter that cannot be made", () => {
  it("is given up when statement_timeout cancels its query again and again", async () => {
    const warnings = await warningsAfter(Array.from({ length: 3 }, () => rejected("57014")));
    assert.deepEqual(warnings, ["t: a rejected row has no dead letter: rejected"]);
  });

  it("is not given up for one cancellation", async () => {
    const errors = ["57014", "57014", "57P01", "57014", "57014"].map(rejected);
    assert.deepEqual(await warningsAfter(errors), []);
  });

  it("is told when it has failed for a while", async () => {
    const warnings = await warningsAfter(Array.from({ length: 10 }, () => new Error("no route")));
    assert.deepEqual(warnings, ["t: a rejected row waits for its dead letter: no route"]);
  });
});
