import type { PgServerError } from "./driver.js";
import type { Origin } from "./origin.js";

/** A backend that may still exist after its connection was lost. */
export interface LostBackend {
  readonly pid: number;
  /** The transaction, if its id had arrived. */
  readonly xid: string | undefined;
  readonly origin: Origin;
}

/** A transaction whose commit was requested and not confirmed. */
export interface Doubt extends LostBackend {
  readonly xid: string;
  /** When the connection was lost, by the clock of `timers.js`. */
  readonly since: number;
}

/** The outcome of a transaction. */
export type Outcome =
  /**
   * Committed: `rows` of them, fewer than were sent if a trigger skipped some. If the wait for a
   * synchronous standby was canceled, the rows are committed on the primary alone.
   */
  | { readonly kind: "committed"; readonly rows: number; readonly isLocalOnly: boolean }
  /** The server answered with an ERROR and rolled back. */
  | { readonly kind: "refused"; readonly error: PgServerError }
  /** No connection, or it was lost before the commit was requested: nothing is in the table. */
  | {
      readonly kind: "lost";
      readonly error: Error;
      readonly backend: LostBackend | undefined;
      /** Whether no further attempt can succeed: the pool was ended. */
      readonly isFinal: boolean;
    }
  /** The connection was lost after the commit was requested and before it was confirmed. */
  | { readonly kind: "unknown"; readonly error: Error; readonly doubt: Doubt };
