import type { PgServerError } from "../copy/driver.js";

/** What became of rows in the end, after all attempts. */
export type Fate =
  | { readonly kind: "committed"; readonly rows: number }
  | RefusedFate
  /** Given up: not in the table. */
  | { readonly kind: "lost"; readonly error: Error }
  /** In the table or not: this cannot be known. */
  | { readonly kind: "unknown"; readonly error: Error; readonly xid: string };

/** The server rejects the rows, or some of them. */
export interface RefusedFate {
  readonly kind: "refused";
  readonly error: PgServerError;
  /**
   * Whether the row that the error names, if it names one, must be tried by itself before it is
   * believed. Never so for a row that was alone.
   */
  readonly isDoubtful: boolean;
  /** The transaction of an earlier attempt that is in doubt: a duplicate may be the row itself. */
  readonly doubtfulXid: string | undefined;
}

/** A fate that did not put the rows into the table, as far as is known. */
export type FailedFate = Exclude<Fate, { kind: "committed" }>;
