import type { InsertWaiters } from "./insert-waiters.js";
import type { UnfitRow } from "./numbered-units.js";
import type { RowCodec } from "./row-codec.js";
import type { UnitSource } from "./units.js";

/** Rows of one source that are encoded, with numbers that follow each other. */
export interface NumberedRows {
  readonly source: UnitSource;
  /** They were written with it. */
  readonly codec: RowCodec<unknown>;
  readonly firstNumber: number;
  /** How many there are; not those that are unfit. */
  readonly rows: number;
  /** Rows between them that cannot be encoded. */
  readonly unfit?: readonly UnfitRow[] | undefined;
  readonly bytes: number;
  /** Whole tuples in each. */
  readonly tuples: Iterable<Buffer>;
  /** The callers that wait for them, by their places here. */
  readonly inserts: InsertWaiters | undefined;
}
