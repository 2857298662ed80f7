import type { Clock } from "../batch/clock.js";
import { callOut } from "../copy/call-out.js";

/** Milliseconds after which a problem of the same kind is reported again. */
const SILENCE_MS = 60_000;

/** Reports problems to the operator by warnings of the process: each kind at most once a minute. */
export class Alarm {
  readonly #clock: Clock;
  readonly #soundedAt = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param kind identifies the kind of problem, such as a SQLSTATE: messages may contain numbers */
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
