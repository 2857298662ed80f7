import type { Clock } from "./clock.js";

/**
 * Calls back at deadlines. All deadlines of the same duration share one timer, because they end in the
 * order in which they began: thousands of calls with the same `timeoutMs` do not take a timer each.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #queues = new Map<number, DeadlineQueue>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Calls back when so many milliseconds have passed, or shortly after.
   *
   * @returns a function that cancels the callback
   */
  add(milliseconds: number, callback: () => void): () => void {
    let queue = this.#queues.get(milliseconds);
    if (queue === undefined) {
      queue = new DeadlineQueue(this.#clock, milliseconds, () => {
        this.#queues.delete(milliseconds);
      });
      this.#queues.set(milliseconds, queue);
    }
    return queue.add(callback);
  }
}

/** Deadlines of one duration, the next one first. It ends when it is empty. */
class DeadlineQueue {
  readonly #clock: Clock;
  readonly #milliseconds: number;
  readonly #onEmpty: () => void;
  /** When each callback is due. */
  readonly #due = new Map<() => void, number>();
  #cancelTimer: () => void;

  constructor(clock: Clock, milliseconds: number, onEmpty: () => void) {
    this.#clock = clock;
    this.#milliseconds = milliseconds;
    this.#onEmpty = onEmpty;
    this.#cancelTimer = clock.after(milliseconds, this.#onTimer);
  }

  add(callback: () => void): () => void {
    this.#due.set(callback, this.#clock.now() + this.#milliseconds);
    return () => {
      if (this.#due.delete(callback) && this.#due.size === 0) {
        this.#cancelTimer();
        this.#onEmpty();
      }
    };
  }

  readonly #onTimer = (): void => {
    // If the event loop was blocked, the server's answer may have arrived already: it is read first.
    this.#clock.soon(this.#expire);
  };

  readonly #expire = (): void => {
    if (this.#due.size === 0) {
      // All were taken back since the timer: the queue has ended, and there may be another one.
      return;
    }
    const now = this.#clock.now();
    for (const [callback, due] of this.#due) {
      if (due > now) {
        this.#cancelTimer = this.#clock.after(Math.ceil(due - now), this.#onTimer);
        return;
      }
      this.#due.delete(callback);
      callback();
    }
    this.#onEmpty();
  };
}
