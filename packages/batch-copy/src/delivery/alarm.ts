import type { Clock } from "../batch/clock.js";
import { callOut } from "../copy/call-out.js";

/** A kind of trouble is reported again after so long. */
const SILENCE_MS = 60_000;

/** Reports trouble to the operator, as a warning of the process: each kind at most once a minute. */
export class Alarm {
  readonly #clock: Clock;
  readonly #soundedAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param kind what makes it the same trouble, such as a SQLSTATE: messages may have numbers in them */
  sound(kind: string, message: string): void {
    const now = this.#clock.now();
    for (const [other, soundedAt] of this.#soundedAt) {
      if (now - soundedAt >= SILENCE_MS) {
        this.#soundedAt.delete(other);
      }
    }
    if (!this.#soundedAt.has(kind)) {
      this.#soundedAt.set(kind, now);
      callOut(() => process.emitWarning(message, "BatchCopyWarning"));
    }
  }
}
