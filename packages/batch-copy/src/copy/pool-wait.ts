import { ConnectError } from "../errors.js";
import { now } from "../timers.js";
import { connectTimeoutError, poolEndedError } from "./connect-error.js";
import { LoopTimer } from "./loop-timer.js";
import type { PoolLoad } from "./pool-load.js";

/** How long to wait for a client of a pool. */
export interface PoolLimits {
  /** Milliseconds for connecting: the longest time in which nobody uses a client of the pool. */
  readonly connectTimeoutMs: number;
  /** Milliseconds to wait for a free client while the pool is full. */
  readonly poolTimeoutMs: number;
}

/**
 * The time limits while a client is checked out. A pool does not say whether it is connecting for us or
 * waits for a client to be returned. So `connectTimeoutMs` starts again as long as clients of the pool
 * are in use: then the server can be reached. `poolTimeoutMs` counts from the call, and ends the wait
 * if the pool is full; otherwise the pool should be connecting, and has `connectTimeoutMs` more. A pool
 * that is ended forgets those that wait, so that ends the wait at the next look.
 */
export class PoolWait {
  readonly #load: PoolLoad;
  readonly #limits: PoolLimits;
  readonly #fail: (error: ConnectError) => void;
  readonly #totalBefore: number;
  readonly #connectTimer: LoopTimer;
  readonly #poolTimer: LoopTimer;
  #since = now();
  /** Whether the pool is opening a client for us, or should be. */
  #isOpening = false;

  /** Begins before the pool is called; `noteCall` follows the call. */
  constructor(load: PoolLoad, limits: PoolLimits, fail: (error: ConnectError) => void) {
    this.#load = load;
    this.#limits = limits;
    this.#fail = fail;
    this.#totalBefore = load.total;
    this.#connectTimer = new LoopTimer(limits.connectTimeoutMs, () => this.#onConnectTimeout());
    this.#poolTimer = new LoopTimer(limits.poolTimeoutMs, () => this.#onPoolTimeout());
  }

  /** Notes that the pool was called just now: if it has one more client, it is opening that for us. */
  noteCall(): void {
    this.#isOpening = this.#load.total > this.#totalBefore;
    if (this.#isOpening) {
      this.#poolTimer.stop();
    }
  }

  /** Ends the limits: the wait is over. */
  end(): void {
    this.#connectTimer.stop();
    this.#poolTimer.stop();
  }

  #onConnectTimeout(): void {
    const { connectTimeoutMs } = this.#limits;
    if (this.#load.isEnded) {
      this.#fail(poolEndedError());
    } else if (!this.#isOpening && this.#load.isAtWork(this.#since)) {
      this.#since = now();
      this.#connectTimer.restart();
    } else {
      this.#fail(connectTimeoutError(connectTimeoutMs));
    }
  }

  #onPoolTimeout(): void {
    const { poolTimeoutMs } = this.#limits;
    if (!this.#load.isFull) {
      this.#isOpening = true;
      this.#connectTimer.restart();
      return;
    }
    const { max } = this.#load;
    const use = max === 1 ? "the only client of the pool is" : `all ${max} clients of the pool are`;
    this.#fail(
      new ConnectError(`no free client within ${poolTimeoutMs} ms (poolTimeoutMs): ${use} in use`),
    );
  }
}
