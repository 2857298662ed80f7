import type { Clock } from "../batch/clock.js";

/** The same trouble is told again after so long. */
const SILENCE_MS = 60_000;

/** Tells the operator of trouble, by a warning of the process. */
export class Alarm {
  readonly #clock: Clock;
  #last: string | undefined;
  #soundedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  sound(message: string): void {
    const now = this.#clock.now();
    if (message !== this.#last || now - this.#soundedAt >= SILENCE_MS) {
      this.#last = message;
      this.#soundedAt = now;
      process.emitWarning(message, "BatchCopyWarning");
    }
  }
}
