import type { Clock } from "./clock.js";

/**
 * The number of senders that continue together. They take turns until the bytes of the turn are used
 * up, while the others rest: if 50 000 producers all continued after each row, the garbage of every row
 * would live long enough to be copied by the collector.
 */
const GROUP_SIZE = 64;

/** Senders that wait for the same turn, and share a promise. */
interface Group {
  size: number;
  readonly promise: Promise<void>;
  readonly release: () => void;
}

/** Lets senders whose rows were accepted continue in order, one group in each turn. */
export class Pacer {
  readonly #clock: Clock;
  readonly #begin: () => boolean;
  readonly #groups = new Set<Group>();
  #last: Group | undefined;
  #isTurnComing = false;
  #nextTurn: Promise<void> | undefined;

  /** @param begin begins a turn; returns whether senders may continue in it */
  constructor(clock: Clock, begin: () => boolean) {
    this.#clock = clock;
    this.#begin = begin;
  }

  /** Resolves in one of the next turns. */
  wait(): Promise<void> {
    if (this.#last === undefined || this.#last.size === GROUP_SIZE) {
      this.#last = newGroup();
      this.#groups.add(this.#last);
    }
    this.#last.size++;
    this.resume();
    return this.#last.promise;
  }

  /** Resolves in the next turn of the event loop, whether or not senders may continue in it. */
  nextTurn(): Promise<void> {
    this.#nextTurn ??= new Promise((resolve) => {
      this.#clock.soon(() => {
        this.#nextTurn = undefined;
        this.#begin();
        resolve();
      });
    });
    return this.#nextTurn;
  }

  /** Schedules another turn if any sender waits for one. */
  resume(): void {
    if (!this.#isTurnComing && this.#groups.size > 0) {
      this.#isTurnComing = true;
      this.#clock.soon(this.#turn);
    }
  }

  readonly #turn = (): void => {
    this.#isTurnComing = false;
    if (!this.#begin()) {
      return;
    }
    const [first] = this.#groups;
    if (first !== undefined) {
      this.#groups.delete(first);
      if (first === this.#last) {
        this.#last = undefined;
      }
      first.release();
    }
    this.resume();
  };
}

function newGroup(): Group {
  let release: () => void = noop;
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { size: 0, promise, release };
}

function noop(): void {}
