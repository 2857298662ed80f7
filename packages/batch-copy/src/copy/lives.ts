import { isSameIncarnation, type Incarnation } from "./origin.js";

/** More of them than anybody will have seen since a doubt arose. */
const MAX_LIVES = 100;

/**
 * The lives of servers that connections have met, in order. Between a doubt and its answer a server
 * may crash more than once, and in the life between hand out the doubtful transaction's id again.
 */
export class Lives {
  readonly #seen: Incarnation[] = [];

  note(life: Incarnation | undefined): void {
    if (life === undefined || this.#seen.some((seen) => isSameIncarnation(seen, life))) {
      return;
    }
    this.#seen.push(life);
    if (this.#seen.length > MAX_LIVES) {
      this.#seen.shift();
    }
  }

  /** The first life after this one that began with a recovery, as far as was seen. */
  after(life: Incarnation): Incarnation | undefined {
    const index = this.#seen.findIndex((seen) => isSameIncarnation(seen, life));
    if (index === -1) {
      return undefined;
    }
    // With the same checkpoint there was no recovery, but a reset of the statistics by hand.
    return this.#seen.slice(index + 1).find(({ checkpoint }) => checkpoint !== life.checkpoint);
  }
}
