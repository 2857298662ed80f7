import { isSameIncarnation, type Incarnation } from "./origin.js";

/** More than anybody sees between a doubt and its answer. */
const MAX_INCARNATIONS = 100;

/**
 * The incarnations of servers that connections have met, in order. Between a doubt and its answer a
 * server may crash more than once, and an incarnation in between may hand out the id of the
 * transaction in doubt again.
 */
export class Incarnations {
  readonly #seen: Incarnation[] = [];

  note(incarnation: Incarnation | undefined): void {
    if (
      incarnation === undefined ||
      this.#seen.some((seen) => isSameIncarnation(seen, incarnation))
    ) {
      return;
    }
    this.#seen.push(incarnation);
    if (this.#seen.length > MAX_INCARNATIONS) {
      this.#seen.shift();
    }
  }

  /** The first one seen after this one that began with a recovery. */
  after(incarnation: Incarnation): Incarnation | undefined {
    const index = this.#seen.findIndex((seen) => isSameIncarnation(seen, incarnation));
    if (index === -1) {
      return undefined;
    }
    // With the same checkpoint there was no recovery: somebody has reset the statistics.
    return this.#seen
      .slice(index + 1)
      .find(({ checkpoint }) => checkpoint !== incarnation.checkpoint);
  }
}
