import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { ANY_TIME, Turns, type Turn } from "../../dist/delivery/turns.js";

/** What a turn was told while it waited. */
function toldOf(turn: Turn): boolean[] {
  const told: boolean[] = [];
  turn.wait((isOpen) => told.push(isOpen));
  return told;
}

describe("turns", () => {
  it("come in the order in which they were taken", () => {
    const turns = new Turns(false);
    const [first, second, third] = [
      turns.take(undefined),
      turns.take(undefined),
      turns.take(undefined),
    ];
    const [ofSecond, ofThird] = [toldOf(second), toldOf(third)];
    assert.deepEqual([first.isOpen, second.isOpen, third.isOpen], [true, false, false]);
    first.end();
    assert.deepEqual([ofSecond, ofThird, second.isOpen], [[true], [], true]);
    second.end();
    assert.deepEqual([ofThird, third.isOpen], [[true], true]);
  });

  it("call those who wait back when the first one falters, and let none begin until it has ended", () => {
    const turns = new Turns(false);
    const [first, second] = [turns.take(undefined), turns.take(undefined)];
    const told = toldOf(second);
    assert.equal(second.mayBegin, true, "it may begin while the first one is on its way");
    first.falter();
    assert.deepEqual([told, second.mayBegin, first.mayBegin], [[false], false, true]);
    assert.equal(turns.isFaltering, true);
    const toldLater = toldOf(second);
    first.end();
    assert.deepEqual([toldLater, second.mayBegin, turns.isFaltering], [[true], true, false]);
  });

  it("are not held up by a later one that falters or ends", () => {
    const turns = new Turns(false);
    const [first, second, third] = [
      turns.take(undefined),
      turns.take(undefined),
      turns.take(undefined),
    ];
    const told = toldOf(third);
    second.falter();
    second.end();
    assert.deepEqual([told, turns.isFaltering, first.isOpen], [[], false, true]);
    first.end();
    assert.deepEqual(told, [true]);
  });

  it("remember that a batch faltered before it was the first one", () => {
    const turns = new Turns(false);
    const [first, second] = [turns.take(undefined), turns.take(undefined)];
    second.falter();
    assert.deepEqual([turns.isFaltering, second.mayBegin], [false, true]);
    const third = turns.take(undefined);
    const told = toldOf(third);
    first.end();
    assert.deepEqual([turns.isFaltering, third.mayBegin, told], [true, false, [false]]);
    second.end();
    assert.deepEqual([turns.isFaltering, third.isOpen], [false, true]);
  });

  it("do not call back a wait that was ended", () => {
    const turns = new Turns(false);
    const [first, second] = [turns.take(undefined), turns.take(undefined)];
    const told: boolean[] = [];
    second.wait((isOpen) => told.push(isOpen))();
    first.end();
    assert.deepEqual(told, []);
  });

  it("are always there where the order does not matter", () => {
    assert.deepEqual([ANY_TIME.isOpen, ANY_TIME.mayBegin], [true, true]);
  });

  it("that are chained are open at once, and wait on the server for those before them", () => {
    const turns = new Turns(true);
    let calls = 0;
    const first = turns.take(() => calls++);
    assert.equal(turns.mayBeFollowed, false, "the server does not make others wait yet");
    first.chain!.onHeld!();
    assert.deepEqual([turns.mayBeFollowed, calls], [true, 1]);
    const second = turns.take(undefined);
    assert.equal(turns.mayBeFollowed, false, "nobody could wait for the second one");
    assert.deepEqual([first.isOpen, second.isOpen, second.isFirst], [true, true, false]);
    const { key, place, waits } = first.chain!;
    assert.equal(waits, false);
    assert.deepEqual(second.chain, { key, place: place + 1, onHeld: undefined, waits: true });
    first.falter();
    assert.deepEqual([second.mayBegin, second.isOpen], [false, true]);
    first.end();
    assert.equal(second.chain.waits, false);
  });
});
