import type { Clock } from "../batch/clock.js";

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5000;

/** The waits between attempts, each twice as long as the last. */
export class Pause {
  readonly #clock: Clock;
  #delay = FIRST_DELAY_MS;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after the next delay, or when it is woken. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(this.#delay, () => this.#wake?.());
      this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY_MS);
      this.#wake = (): void => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Ends the wait. */
  wake(): void {
    this.#wake?.();
  }

  /** Begins with the shortest delay again. */
  reset(): void {
    this.#delay = FIRST_DELAY_MS;
  }
}
