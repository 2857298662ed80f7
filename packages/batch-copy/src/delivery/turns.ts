import { randomInt } from "node:crypto";

import type { Gate } from "../transaction/gate.js";
import type { Chain } from "../transaction/guard.js";

/** The turn of a batch to be committed. */
export interface Turn extends Gate {
  /** Whether all batches before it are settled. */
  readonly isFirst: boolean;
  /** How the server keeps the order; undefined if it does not. */
  readonly chain: Chain | undefined;
  /**
   * Tells those after it that it takes longer: an attempt failed, rows were refused, or it has given way.
   * Called before its lane is left to others.
   */
  falter(): void;
  /** Called when the batch is settled. */
  end(): void;
}

/** The turn of batches whose order does not matter. */
export const ANY_TIME: Turn = {
  isFirst: true,
  chain: undefined,
  isOpen: true,
  mayBegin: true,
  wait: () => noop,
  falter: noop,
  end: noop,
};

/**
 * The turns of a table whose rows must be written in order. While the first batch is being written, the
 * next one may begin: it is held back before its commit, or, if it is chained, waits for the first one on
 * the server. If the first one falters, now or before it was the first one, the others give their lanes
 * back and wait.
 */
export class Turns {
  readonly isChained: boolean;
  readonly #queue: OrderedTurn[] = [];
  /** Of its transactions' advisory locks. */
  readonly #key: number = randomInt(2 ** 31);
  #place = 0;

  constructor(isChained: boolean) {
    this.isChained = isChained;
  }

  /** Whether the next batch may begin while the last one is being written, and waits for it. */
  get mayBeFollowed(): boolean {
    return this.#queue.at(-1)?.isHeld === true;
  }

  /** Whether the first batch takes longer. */
  get isFaltering(): boolean {
    return this.#queue[0]?.isFaltering === true;
  }

  /**
   * The next turn.
   *
   * @param onHeld called when another batch may begin, which waits for this one on the server; undefined
   * if there is none
   */
  take(onHeld: (() => void) | undefined): Turn {
    const link = { key: this.#key, place: this.#place++, onHeld };
    const turn = new OrderedTurn(this, this.isChained ? link : undefined);
    this.#queue.push(turn);
    return turn;
  }

  isFirst(turn: Turn): boolean {
    return this.#queue[0] === turn;
  }

  /** Called when a turn has begun to falter. */
  onFaltering(turn: Turn): void {
    if (this.isFirst(turn)) {
      this.#callOthers();
    }
  }

  /** See {@link Turn.end}. */
  end(turn: OrderedTurn): void {
    const wasFirst = this.isFirst(turn);
    this.#queue.splice(this.#queue.indexOf(turn), 1);
    if (wasFirst) {
      this.#queue[0]?.call(true);
      if (this.isFaltering) {
        this.#callOthers();
      }
    }
  }

  #callOthers(): void {
    this.#queue.slice(1).forEach((other) => other.call(false));
  }
}

class OrderedTurn implements Turn {
  readonly #turns: Turns;
  readonly #link: Omit<Chain, "waits"> | undefined;
  #isHeld = false;
  #isFaltering = false;
  #callback: ((isOpen: boolean) => void) | undefined;

  constructor(turns: Turns, link: Omit<Chain, "waits"> | undefined) {
    this.#turns = turns;
    this.#link = link;
  }

  get isFirst(): boolean {
    return this.#turns.isFirst(this);
  }

  get chain(): Chain | undefined {
    if (this.#link === undefined) {
      return undefined;
    }
    const { onHeld } = this.#link;
    return {
      ...this.#link,
      waits: !this.isFirst,
      onHeld: onHeld && ((): void => this.#hold(onHeld)),
    };
  }

  /** Whether the server makes those wait that come after it. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  get isOpen(): boolean {
    return this.isFirst || this.#link !== undefined;
  }

  get mayBegin(): boolean {
    return this.isFirst || !this.#turns.isFaltering;
  }

  get isFaltering(): boolean {
    return this.#isFaltering;
  }

  wait(callback: (isOpen: boolean) => void): () => void {
    this.#callback = callback;
    return () => {
      if (this.#callback === callback) {
        this.#callback = undefined;
      }
    };
  }

  #hold(onHeld: () => void): void {
    this.#isHeld = true;
    onHeld();
  }

  /** Ends the wait. */
  call(isOpen: boolean): void {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.(isOpen);
  }

  falter(): void {
    this.#isFaltering = true;
    this.#turns.onFaltering(this);
  }

  end(): void {
    this.#turns.end(this);
  }
}

function noop(): void {}
