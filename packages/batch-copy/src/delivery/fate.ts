import type { Doubt } from "../transaction/guard.js";
import type { Refusal, Written } from "../transaction/write.js";
import type { RowCounts } from "./row-counts.js";

/** The final outcome of rows, after all attempts. */
export type Fate =
  | { readonly kind: "committed"; readonly written: readonly TableWritten[] }
  | RefusedFate
  /** The rows were given up: they are not in the table. */
  | { readonly kind: "lost"; readonly error: Error }
  /** The rows may or may not be in the table. */
  | ({ readonly kind: "unknown"; readonly error: Error } & DoubtfulCommit);

/** What became of the rows that a transaction has sent to one table. */
export interface TableWritten {
  readonly sent: number;
  readonly written: Written;
  /** Those of the table, in which they have to be counted. */
  readonly counts: RowCounts;
}

/** What a commit in doubt is known by. */
export type DoubtfulCommit = Pick<Doubt, "xid" | "source">;

/** The server rejects the rows, or some of them. */
export interface RefusedFate extends Refusal {
  readonly kind: "refused";
  /** The table whose rows were being written, if there are several and it is known. */
  readonly table?: string | undefined;
  /**
   * Whether a row that the error names must be tried alone before it is refused. False for a row that
   * was alone.
   */
  readonly isDoubtful: boolean;
  /** The transaction of an earlier attempt that is in doubt: a duplicate may be the row itself. */
  readonly doubtful: DoubtfulCommit | undefined;
}

/** A fate that did not put the rows into the table, as far as is known. */
export type FailedFate = Exclude<Fate, { kind: "committed" }>;
