import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Schedule, type LaneClaim } from "../../dist/delivery/schedule.js";

/** A table with so many batches to write; notes its name whenever it gets a lane. */
class Claim implements LaneClaim {
  isFailing = false;
  readonly #name: string;
  readonly #given: string[];
  #left: number;

  constructor(name: string, left: number, given: string[]) {
    this.#name = name;
    this.#left = left;
    this.#given = given;
  }

  get isWaiting(): boolean {
    return this.#left > 0;
  }

  use(): void {
    this.#left--;
    this.#given.push(this.#name);
  }
}

describe("lanes", () => {
  it("all go to one table if there are no others", () => {
    const given: string[] = [];
    const schedule = new Schedule(3, false);
    const claim = new Claim("a", 5, given);
    schedule.request(claim);
    assert.equal(given.length, 3);
    claim.isFailing = true;
    schedule.release(claim);
    schedule.release(claim);
    assert.equal(given.length, 5);
  });

  it("go to tables in turns, in the order in which they began to wait", () => {
    const given: string[] = [];
    const schedule = new Schedule(2, true);
    const [a, b, c] = ["a", "b", "c"].map((name) => new Claim(name, 3, given));
    schedule.request(a!);
    schedule.request(b!);
    schedule.request(c!);
    assert.deepEqual(given, ["a", "b"]);
    for (const claim of [a, b, a, c, b, a, c]) {
      schedule.release(claim!);
    }
    assert.deepEqual(given, ["a", "b", "a", "b", "c", "a", "b", "c", "c"]);
  });

  it("go to other tables first, if one is left", () => {
    const given: string[] = [];
    const schedule = new Schedule(3, true);
    const [hot, other] = ["h", "o"].map((name) => new Claim(name, 9, given));
    schedule.request(hot!);
    assert.deepEqual(given, ["h", "h"], "the last one is for others");
    schedule.request(other!);
    assert.deepEqual(given, ["h", "h", "o"]);
    schedule.release(other!);
    assert.deepEqual(given, ["h", "h", "o", "o"]);
  });

  it("never all go to failing tables, each of which makes one attempt at a time", () => {
    const given: string[] = [];
    const schedule = new Schedule(3, true);
    const failing = ["f", "g", "h"].map((name) => new Claim(name, 9, given));
    failing.forEach((claim) => (claim.isFailing = true));
    failing.forEach((claim) => schedule.request(claim));
    assert.deepEqual(given, ["f", "g"]);
    const healthy = new Claim("a", 2, given);
    schedule.request(healthy);
    assert.deepEqual(given, ["f", "g", "a"]);
    schedule.release(healthy);
    assert.deepEqual(given, ["f", "g", "a", "a"], "the last lane is not for h");
    schedule.release(failing[0]!);
    assert.deepEqual(given, ["f", "g", "a", "a"], "nor is the last free one");
    schedule.release(healthy);
    assert.deepEqual(given, ["f", "g", "a", "a", "h"]);
  });

  it("go to a failing table from time to time, however busy the others are", () => {
    const given: string[] = [];
    const schedule = new Schedule(2, true);
    const [failing, a, b] = ["f", "a", "b"].map((name) => new Claim(name, 9, given));
    failing!.isFailing = true;
    for (const claim of [a, b, failing]) {
      schedule.request(claim!);
    }
    for (const claim of [a, b, a, b, failing]) {
      schedule.release(claim!);
    }
    assert.deepEqual(given, ["a", "b", "a", "b", "f", "a", "b"]);
  });

  it("are not given to one failing table after another while a healthy one waits", () => {
    const given: string[] = [];
    const schedule = new Schedule(1, true);
    const first = new Claim("first", 1, given);
    const failing = Array.from({ length: 9 }, () => new Claim("f", 9, given));
    const healthy = new Claim("h", 9, given);
    failing.forEach((claim) => {
      claim.isFailing = true;
    });
    for (const claim of [first, ...failing, healthy]) {
      schedule.request(claim);
    }
    for (const claim of [first, failing[0]!, healthy]) {
      schedule.release(claim);
    }
    assert.deepEqual(given, ["first", "f", "h", "f"]);
  });

  it("are not given to a table that began to fail while it waited, before others", () => {
    const given: string[] = [];
    const schedule = new Schedule(2, true);
    const a = new Claim("a", 2, given);
    const [b, c, d] = ["b", "c", "d"].map((name) => new Claim(name, 1, given));
    for (const claim of [a, b, c, d]) {
      schedule.request(claim!);
    }
    assert.deepEqual(given, ["a", "b"]);
    a.isFailing = true;
    c!.isFailing = true;
    schedule.release(b!);
    // a holds a lane and fails, so the other one is for the healthy.
    assert.deepEqual(given, ["a", "b", "d"]);
  });

  it("are one for all if there is one", () => {
    const given: string[] = [];
    const schedule = new Schedule(1, true);
    const [a, b] = ["a", "b"].map((name) => new Claim(name, 2, given));
    a!.isFailing = true;
    schedule.request(a!);
    schedule.request(b!);
    schedule.release(a!);
    schedule.release(b!);
    schedule.release(a!);
    assert.deepEqual(given, ["a", "b", "a", "b"]);
  });

  it("are not given to a table that was withdrawn", () => {
    const given: string[] = [];
    const schedule = new Schedule(1, true);
    const [a, b, c] = ["a", "b", "c"].map((name) => new Claim(name, 1, given));
    for (const claim of [a, b, c]) {
      schedule.request(claim!);
    }
    schedule.withdraw(b!);
    schedule.release(a!);
    assert.deepEqual(given, ["a", "c"]);
  });
});
