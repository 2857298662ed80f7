/** What was counted at a time. */
interface Sample {
  readonly seconds: number;
  readonly rows: number;
  readonly bytes: number;
}

/** How much is done in a second. */
export interface Speed {
  readonly rows: number;
  readonly bytes: number;
}

/** The time over which speeds are measured, in seconds. */
const SPAN = 5;

/** Measures the speed of the last seconds. */
export class SpeedMeter {
  #samples: Sample[] = [];

  add(sample: Sample): void {
    this.#samples.push(sample);
    // The oldest one is at least SPAN old, if there is such a one.
    const from = this.#samples.findLastIndex(({ seconds }) => seconds <= sample.seconds - SPAN);
    this.#samples.splice(0, Math.max(0, from));
  }

  /** Undefined before there is something to compare. */
  get speed(): Speed | undefined {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    const seconds = (last?.seconds ?? 0) - (first?.seconds ?? 0);
    return first === undefined || last === undefined || seconds < LEAST_SECONDS
      ? undefined
      : { rows: (last.rows - first.rows) / seconds, bytes: (last.bytes - first.bytes) / seconds };
  }
}

/** Over less, numbers jump. */
const LEAST_SECONDS = 0.3;
