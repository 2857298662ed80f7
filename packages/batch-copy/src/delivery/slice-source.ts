import type { Slice } from "../copy/copy-writer.js";

/** Whether rows were encoded again, or why they cannot be written to the table as it is now. */
export type Renewal = "same" | "changed" | Error;

/**
 * Where a run gets its rows from. A class, because objects with getters of their own would each get a
 * hidden class, which keeps their batch alive until the next full garbage collection.
 */
export class SliceSource {
  readonly #sliceOf: () => Slice;
  readonly #renew: () => Promise<Renewal>;

  constructor(sliceOf: () => Slice, renew: () => Promise<Renewal>) {
    this.#sliceOf = sliceOf;
    this.#renew = renew;
  }

  /** The rows as they are sent: the same ones each time, perhaps in another encoding. */
  get slice(): Slice {
    return this.#sliceOf();
  }

  /** Looks at the table again, because the server cannot read the rows, and encodes them again. */
  renew(): Promise<Renewal> {
    return this.#renew();
  }
}
