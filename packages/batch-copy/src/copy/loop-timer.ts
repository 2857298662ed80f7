import { clearTimeout, now, setImmediate, setTimeout } from "../timers.js";

/** The timer has twenty ticks, but none that is shorter or longer than this. */
const MIN_TICK_MS = 10;
const MAX_TICK_MS = 1000;

/**
 * A timer that counts only time in which the event loop runs. While the loop is blocked (modules are
 * compiled, the process is suspended), answers of the server wait unread: the pause is that of this
 * process, not of the server. A blocked phase counts as one tick, however long it is.
 */
export class LoopTimer {
  readonly #ms: number;
  readonly #tickMs: number;
  readonly #callback: () => void;
  #left: number;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  /** @param ms milliseconds, of any size: the delays of Node's timers stay small */
  constructor(ms: number, callback: () => void) {
    this.#ms = ms;
    this.#tickMs = Math.min(MAX_TICK_MS, Math.max(MIN_TICK_MS, ms / 20));
    this.#callback = callback;
    this.#left = ms;
    this.#wait();
  }

  /** Starts again with the full time, also after it has called back. Fires up to a tick late. */
  restart(): void {
    this.#left = this.#ms + this.#tickMs;
    if (this.#timer === undefined) {
      this.#wait();
    }
  }

  /** Stops the timer: it never calls back after this. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    if (this.#isStopped) {
      return;
    }
    const delay = Math.ceil(Math.min(this.#left, this.#tickMs));
    const startedAt = now();
    this.#timer = setTimeout(() => {
      this.#left -= Math.min(now() - startedAt, delay);
      if (this.#left > 0) {
        this.#wait();
      } else {
        // Answers that have arrived in the meantime are read before this.
        setImmediate(() => this.#fire());
      }
    }, delay);
  }

  #fire(): void {
    if (this.#isStopped) {
      return;
    }
    if (this.#left > 0) {
      this.#wait();
    } else {
      this.#timer = undefined;
      this.#callback();
    }
  }
}
