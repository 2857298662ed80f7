import type { PgServerError } from "../copy/driver.js";

/** What became of rows in the end, after all attempts. */
export type Fate =
  | { readonly kind: "committed"; readonly rows: number }
  | RefusedFate
  /** Given up: surely not in the table. */
  | { readonly kind: "lost"; readonly error: Error }
  /** In the table or not: nobody can tell. */
  | { readonly kind: "unknown"; readonly error: Error; readonly xid: string };

/** The server will not have the rows, or some of them. */
export interface RefusedFate {
  readonly kind: "refused";
  readonly error: PgServerError;
  /** Whether the error may as well have nothing to do with the rows. */
  readonly isSuspect: boolean;
  /** The transaction of an earlier attempt that is in doubt: the rows may stand in their own way. */
  readonly doubtfulXid: string | undefined;
}

/** A fate that did not put the rows into the table, as far as is known. */
export type FailedFate = Exclude<Fate, { kind: "committed" }>;
