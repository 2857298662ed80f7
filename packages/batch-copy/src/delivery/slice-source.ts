import type { Slice } from "../copy/copy-writer.js";

/** Where a run gets its rows from. */
export interface SliceSource {
  /** The rows as they are sent: the same ones each time, perhaps in another encoding. */
  readonly slice: Slice;
  /**
   * Looks at the table again, because the server cannot read the rows. If a type has changed, they are
   * encoded again.
   *
   * @returns whether they were encoded again, or why they cannot be written to the table as it is now
   */
  renew(): Promise<"same" | "changed" | Error>;
}
