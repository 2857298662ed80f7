import type { Load } from "./load.js";

/** Whether rows were encoded again, or why they cannot be written to the table as it is now. */
export type Renewal = "same" | "changed" | Error;

/**
 * Where a run gets its rows from. A class, because objects with getters of their own would each get a
 * hidden class, which keeps their batch alive until the next full garbage collection.
 */
export class SliceSource {
  readonly #loadOf: (isFirst: boolean) => Load;
  readonly #renew: () => Promise<Renewal>;

  constructor(loadOf: (isFirst: boolean) => Load, renew: () => Promise<Renewal>) {
    this.#loadOf = loadOf;
    this.#renew = renew;
  }

  /**
   * What the next attempt writes: the same rows each time, unless their source has ended meanwhile, perhaps
   * in another encoding.
   *
   * @param isFirst whether the batches before it are settled
   */
  load(isFirst: boolean): Load {
    return this.#loadOf(isFirst);
  }

  /** Looks at the table again, because the server cannot read the rows, and encodes them again. */
  renew(): Promise<Renewal> {
    return this.#renew();
  }
}
