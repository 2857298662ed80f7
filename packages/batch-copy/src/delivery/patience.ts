import type { Clock } from "../batch/clock.js";

/** How a batch is retried. */
export interface RetrySettings {
  /** Milliseconds before the second attempt; each further delay is twice the last. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Milliseconds of failed attempts after which rows are handed back. */
  readonly timeoutMs: number;
}

/** Since when all attempts to write to a table have failed. */
export class Health {
  #failingSince: number | undefined;
  #lastFailure = -Infinity;

  /** Whether attempts have failed since the last commit. */
  get isFailing(): boolean {
    return this.#failingSince !== undefined;
  }

  noteCommit(): void {
    this.#failingSince = undefined;
  }

  /** Notes a failure; returns since when all attempts have failed. */
  noteFailure(now: number): number {
    this.#lastFailure = now;
    this.#failingSince ??= now;
    return this.#failingSince;
  }

  /** Forgets failures before that time: since then there may have been nothing to send. */
  forgetTroubleBefore(time: number): void {
    if (this.#lastFailure < time) {
      this.#failingSince = undefined;
    }
  }
}

/** The delays between the attempts to write one slice, and when to give up. */
export class Patience {
  readonly #settings: RetrySettings;
  readonly #health: Health;
  readonly #clock: Clock;
  #failures = 0;
  #failingSince: number | undefined;

  constructor(settings: RetrySettings, health: Health, clock: Clock) {
    this.#settings = settings;
    this.#health = health;
    this.#clock = clock;
    health.forgetTroubleBefore(clock.now() - settings.maxDelayMs);
  }

  /**
   * Notes a failure.
   *
   * @param isHeld whether an operator has to fix something first, so that an early retry is useless
   * @returns milliseconds until the next attempt, or undefined after `retry.timeoutMs`. If nothing was
   * committed for so long, it returns undefined at once for everything that is buffered.
   */
  nextDelay(isHeld: boolean): number | undefined {
    const { minDelayMs, maxDelayMs, timeoutMs } = this.#settings;
    const now = this.#clock.now();
    this.#failingSince ??= now;
    const since = Math.min(this.#failingSince, this.#health.noteFailure(now));
    const left = timeoutMs - (now - since);
    if (left <= 0) {
      return undefined;
    }
    const delay = isHeld ? maxDelayMs : Math.min(maxDelayMs, minDelayMs * 2 ** this.#failures++);
    // Lanes and processes that failed together must not retry together.
    return Math.min(left, delay * (0.5 + Math.random() / 2));
  }
}
