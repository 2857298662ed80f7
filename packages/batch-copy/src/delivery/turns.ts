import type { Gate } from "../transaction/gate.js";

/** The turn of a batch to be committed. */
export interface Turn extends Gate {
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
  isOpen: true,
  mayBegin: true,
  wait: () => noop,
  falter: noop,
  end: noop,
};

/**
 * The turns of a table whose rows must be written in order. While the first batch is being written, the
 * next one may begin. If the first one falters, now or before it was the first one, the others give
 * their lanes back and wait.
 */
export class Turns {
  readonly #queue: OrderedTurn[] = [];

  /** Whether the first batch takes longer. */
  get isFaltering(): boolean {
    return this.#queue[0]?.isFaltering === true;
  }

  /** The next turn. */
  take(): Turn {
    const turn = new OrderedTurn(this);
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
  #isFaltering = false;
  #callback: ((isOpen: boolean) => void) | undefined;

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  get isOpen(): boolean {
    return this.#turns.isFirst(this);
  }

  get mayBegin(): boolean {
    return this.isOpen || !this.#turns.isFaltering;
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
