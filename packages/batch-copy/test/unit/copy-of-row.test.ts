import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { copyOfRow } from "../../dist/batch/copy-of-row.js";

describe("the copy of a row", () => {
  it("keeps the values that the row had, whatever its keys are", () => {
    const row = JSON.parse('{ "__proto__": "a", "constructor": "b", "id": 1 }') as { id: number };
    const copy = copyOfRow(row);
    const expected = Object.entries(row);
    row.id = 2;
    assert.deepEqual(Object.entries(copy), expected);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  });

  it("has the class of the row, and the values of its getters, which need the row", () => {
    class Base {
      get kind(): string {
        return "base";
      }
      get name(): string {
        return "base";
      }
    }
    class Event extends Base {
      #id = 1;
      own = "own";
      get id(): number {
        return this.#id;
      }
      override get name(): string {
        return `event ${this.#id}`;
      }
      next(): void {
        this.#id++;
      }
    }
    const row = new Event();
    const copy = copyOfRow(row);
    row.next();
    assert.ok(copy instanceof Event);
    assert.deepEqual([copy.id, copy.name, copy.kind], [1, "event 1", "base"]);
    assert.deepEqual(Object.keys(copy), ["own"]);
  });

  it("throws what reading a value throws, when that is read", () => {
    const row = {
      id: 1,
      get bad(): never {
        throw new Error("no value");
      },
    };
    const copy = copyOfRow(row);
    assert.equal(copy.id, 1);
    assert.throws(() => copy.bad, /^Error: no value$/);
  });

  it("is the value itself if that is no object", () => {
    for (const value of [undefined, null, 5, "row"]) {
      assert.equal(copyOfRow(value as never), value);
    }
  });
});
