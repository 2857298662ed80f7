import type { Gate } from "../transaction/gate.js";

/** The turn of a batch to be committed. */
export interface Turn extends Gate {
  /** Whether an attempt may begin before the turn has come: it is then held back before its commit. */
  readonly mayBegin: boolean;
  /** Tells those after it that it takes longer: an attempt failed, or rows were refused. */
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
 * next one may begin; if the first one falters, the others give their lanes back and wait.
 */
export class Turns {
  readonly #queue: OrderedTurn[] = [];
  #isFaltering = false;

  /** Whether the first batch takes longer. */
  get isFaltering(): boolean {
    return this.#isFaltering;
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

  /** See {@link Turn.falter}. */
  falter(turn: Turn): void {
    if (this.isFirst(turn)) {
      this.#isFaltering = true;
      this.#queue.slice(1).forEach((other) => other.call(false));
    }
  }

  /** See {@link Turn.end}. */
  end(turn: OrderedTurn): void {
    const wasFirst = this.isFirst(turn);
    this.#queue.splice(this.#queue.indexOf(turn), 1);
    if (wasFirst) {
      this.#isFaltering = false;
      this.#queue[0]?.call(true);
    }
  }
}

class OrderedTurn implements Turn {
  readonly #turns: Turns;
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
    this.#turns.falter(this);
  }

  end(): void {
    this.#turns.end(this);
  }
}

function noop(): void {}
