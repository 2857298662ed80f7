import assert from "node:assert/strict";

import type { UnitSource } from "../../dist/batch/units.js";

/** A source that is where a test puts it. */
export class PlacedSource implements UnitSource {
  position = 0n;
  isEnded = false;
  readonly accepted: bigint[] = [];
  #planned = 0n;

  throwIfEnded(): void {
    assert.equal(this.isEnded, false);
  }

  accept(next: bigint): void {
    this.accepted.push(next);
  }

  plan(next: bigint): bigint {
    const planned = this.#planned;
    this.#planned = next;
    return planned;
  }
}
