import { clearTimeout, now, setImmediate, setTimeout } from "../timers.js";

/** The timer looks at the event loop twenty times, but no more and no less often than this. */
const MIN_TICK_MS = 10;
const MAX_TICK_MS = 1000;

/**
 * A timer that counts only time in which the event loop runs. While the loop is blocked (modules are
 * compiled, the process is suspended), answers of the server wait unread: that pause is ours, not the
 * server's. One blocked phase counts as one tick, however long it is.
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

  /** It never calls back after this. */
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
        // What has arrived in the meantime is read before this.
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
