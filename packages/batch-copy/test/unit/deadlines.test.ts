import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";

import { Deadlines } from "../../dist/batch/deadlines.js";
import { FakeClock } from "../helpers/fake-clock.js";

let clock: FakeClock;
let deadlines: Deadlines;
let over: string[];

beforeEach(() => {
  clock = new FakeClock();
  deadlines = new Deadlines(clock);
  over = [];
});

function add(milliseconds: number, name: string): () => void {
  return deadlines.add(milliseconds, () => over.push(name));
}

describe("deadlines", () => {
  it("are over after their time, in order", () => {
    add(100, "a");
    clock.pass(60);
    add(100, "b");
    add(50, "c");
    clock.pass(39);
    assert.deepEqual(over, []);
    clock.pass(1);
    assert.deepEqual(over, ["a"]);
    clock.pass(10);
    assert.deepEqual(over, ["a", "c"]);
    clock.pass(50);
    assert.deepEqual(over, ["a", "c", "b"]);
    assert.equal(clock.timers, 0);
  });

  it("of the same duration share a timer", () => {
    const cancels = Array.from({ length: 5000 }, (_, i) => add(100, String(i)));
    assert.equal(clock.timers, 1);
    add(200, "other");
    assert.equal(clock.timers, 2);
    cancels.slice(0, 4999).forEach((cancel) => cancel());
    clock.pass(100);
    assert.deepEqual(over, ["4999"]);
  });

  it("leave no timer when the last one is cancelled, and can begin again", () => {
    const cancel = add(100, "a");
    cancel();
    cancel();
    assert.equal(clock.timers, 0);
    clock.pass(1000);
    add(100, "b");
    clock.pass(100);
    assert.deepEqual(over, ["b"]);
  });

  it("let come first what has come in while the event loop was blocked", () => {
    const cancel = add(100, "a");
    clock.soon(cancel);
    clock.pass(1000);
    assert.deepEqual(over, []);
    assert.equal(clock.timers, 0);
  });

  it("share a timer also after some that ended between their timer and their turn", () => {
    const first = add(100, "a");
    clock.soon(() => {
      first();
      add(100, "b");
    });
    clock.pass(100);
    add(100, "c");
    assert.equal(clock.timers, 1);
    clock.pass(100);
    assert.deepEqual(over, ["b", "c"]);
    assert.equal(clock.timers, 0);
  });

  it("may begin and be cancelled while others end", () => {
    let cancelB = (): void => {};
    deadlines.add(100, () => {
      over.push("a");
      cancelB();
      add(100, "c");
    });
    cancelB = add(100, "b");
    clock.pass(100);
    assert.deepEqual(over, ["a"]);
    clock.pass(100);
    assert.deepEqual(over, ["a", "c"]);
    assert.equal(clock.timers, 0);
  });
});
