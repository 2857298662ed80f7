import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Health, Patience } from "../../dist/delivery/patience.js";
import { FakeClock } from "../helpers/fake-clock.js";

const SETTINGS = { minDelayMs: 100, maxDelayMs: 1000, timeoutMs: 10_000 };

function start(settings = SETTINGS): { clock: FakeClock; health: Health; patience: Patience } {
  const clock = new FakeClock();
  const health = new Health();
  return { clock, health, patience: new Patience(settings, health, clock) };
}

describe("patience", () => {
  it("doubles the delay up to the longest, less up to a half at random", () => {
    const { patience } = start();
    for (const delay of [100, 200, 400, 800, 1000, 1000]) {
      const found = patience.nextDelay(false)!;
      assert.ok(found >= delay / 2 && found <= delay, `${found} of ${delay}`);
    }
  });

  it("waits for an operator as long as it may", () => {
    const { patience } = start();
    assert.ok(patience.nextDelay(true)! >= 500);
    assert.ok(patience.nextDelay(false)! <= 100);
  });

  it("ends after its time, and the last delay is no longer than what is left", () => {
    const { clock, patience } = start();
    patience.nextDelay(false);
    clock.pass(9900);
    assert.ok(patience.nextDelay(true)! <= 100);
    clock.pass(100);
    assert.equal(patience.nextDelay(false), undefined);
  });

  it("allows no second attempt with a time of 0", () => {
    assert.equal(start({ ...SETTINGS, timeoutMs: 0 }).patience.nextDelay(false), undefined);
  });

  it("is over at once for what comes later, if nothing was committed for so long", () => {
    const { clock, health, patience } = start();
    patience.nextDelay(false);
    clock.pass(10_000);
    assert.equal(patience.nextDelay(false), undefined);
    assert.equal(new Patience(SETTINGS, health, clock).nextDelay(false), undefined);
    health.noteCommit();
    assert.notEqual(new Patience(SETTINGS, health, clock).nextDelay(false), undefined);
    assert.equal(patience.nextDelay(false), undefined, "its own time is over all the same");
  });

  it("begins anew for what comes when nothing was tried for a while", () => {
    const { clock, health, patience } = start();
    patience.nextDelay(false);
    clock.pass(10_000);
    assert.equal(patience.nextDelay(false), undefined);
    clock.pass(60_000);
    assert.notEqual(new Patience(SETTINGS, health, clock).nextDelay(false), undefined);
  });
});
