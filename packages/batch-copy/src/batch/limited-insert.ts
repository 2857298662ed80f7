import { TimeoutError } from "../errors.js";
import { abortReason, onAbort } from "./abort-watch.js";
import type { Deadlines } from "./deadlines.js";
import type { InsertWaiter } from "./insert-waiters.js";

/** The limits of an `insert()`. */
export interface InsertLimits {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; undefined for no limit. */
  readonly timeoutMs?: number | undefined;
}

/**
 * An `insert()` that waits until its row is committed, its time is over or its signal aborts. When it
 * is given up, a row that still waits for room is withdrawn; a row that was accepted stays on its way,
 * and from then on counts as one of `send`.
 */
export class LimitedInsert implements InsertWaiter {
  // The functions are dropped at the end, because they keep other objects alive: the batch refers to
  // this object, and may be kept for as long as an outage takes.
  #resolve: () => void;
  #reject: (error: unknown) => void;
  #cancelDeadline: () => void = noop;
  #forgetSignal: () => void = noop;
  #isOver = false;
  #isGivenUp = false;

  constructor(resolve: () => void, reject: (error: unknown) => void) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** Whether the caller has given up after the row was accepted. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  resolve(): void {
    const resolve = this.#resolve;
    this.#end();
    resolve();
  }

  reject(error: unknown): void {
    const reject = this.#reject;
    this.#end();
    reject(error);
  }

  /**
   * Starts the limits.
   *
   * @param withdraw takes the row back; returns whether it still waited for room
   */
  start({ signal, timeoutMs }: InsertLimits, deadlines: Deadlines, withdraw: () => boolean): void {
    if (this.#isOver) {
      return;
    }
    const giveUp = (reasonOf: (isAccepted: boolean) => unknown): void => {
      const isAccepted = !withdraw();
      this.#isGivenUp = isAccepted;
      this.reject(reasonOf(isAccepted));
    };
    if (signal?.aborted === true) {
      // A getter of the row aborted it.
      giveUp(() => abortReason(signal));
      return;
    }
    if (signal !== undefined) {
      this.#forgetSignal = onAbort(signal, () => giveUp(() => abortReason(signal)));
    }
    if (timeoutMs !== undefined) {
      this.#cancelDeadline = deadlines.add(timeoutMs, () => {
        giveUp((isAccepted) => new TimeoutError(timeoutMs, isAccepted));
      });
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#cancelDeadline();
    this.#forgetSignal();
    this.#resolve = noop;
    this.#reject = noop;
    this.#cancelDeadline = noop;
    this.#forgetSignal = noop;
  }
}

function noop(): void {}
