import type { PgServerError } from "./driver.js";

/** What became of a transaction. */
export type Outcome =
  /** In the table: `rows` of them, fewer than were sent if a trigger swallowed some. */
  | { readonly kind: "committed"; readonly rows: number }
  /** The server answered with an ERROR and rolled back. */
  | { readonly kind: "refused"; readonly error: PgServerError }
  /** There was no connection, or it was lost before the commit could begin: nothing is in the table. */
  | { readonly kind: "lost"; readonly error: Error }
  /** The connection was lost after the commit had been asked for and before it was confirmed. */
  | { readonly kind: "unknown"; readonly xid: string; readonly error: Error };
