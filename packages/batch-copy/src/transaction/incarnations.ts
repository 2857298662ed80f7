import { isSameIncarnation, type Incarnation } from "./incarnation.js";

/** Far more than occur between an interrupted commit and the answer about it. */
const MAX_INCARNATIONS = 100;

/**
 * The incarnations of servers that connections have seen, in order. Between an interrupted commit and
 * the answer about it, a server may crash more than once, and an incarnation in between may assign
 * the id of the transaction again.
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

  /** The first incarnation seen after this one that began with a recovery. */
  after(incarnation: Incarnation): Incarnation | undefined {
    const index = this.#seen.findIndex((seen) => isSameIncarnation(seen, incarnation));
    if (index === -1) {
      return undefined;
    }
    // With the same checkpoint there was no recovery: the statistics were reset by hand.
    return this.#seen
      .slice(index + 1)
      .find(({ checkpoint }) => checkpoint !== incarnation.checkpoint);
  }
}
