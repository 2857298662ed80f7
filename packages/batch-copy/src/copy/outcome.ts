import type { Doubt, LostBackend } from "../transaction/guard.js";
import type { Refusal, Written } from "../transaction/write.js";

/** The outcome of a transaction. */
export type Outcome =
  /**
   * Committed, with what became of the rows of each table. If the wait for a synchronous standby was canceled, the rows are committed on the
   * primary alone.
   */
  | {
      readonly kind: "committed";
      readonly written: readonly Written[];
      readonly isLocalOnly: boolean;
    }
  /** The server answered with an ERROR and rolled back. */
  | (Refusal & { readonly kind: "refused" })
  /**
   * It was rolled back, and may be tried again at once: it gave way to another transaction, or its guard
   * asks for something else the next time.
   */
  | { readonly kind: "withdrawn"; readonly error: Error }
  /** No connection, or it was lost before the commit was requested: nothing is in the table. */
  | {
      readonly kind: "lost";
      readonly error: Error;
      readonly backend: LostBackend | undefined;
      /** Whether no further attempt can succeed: the pool was ended. */
      readonly isFinal: boolean;
    }
  /** The connection was lost after the commit was requested and before it was confirmed. */
  | OpenOutcome<"unknown">
  /** The guard has forbidden the commit: what is true has to be looked up, as if it were in doubt. */
  | OpenOutcome<"stopped">;

/** An outcome that has to be looked up. */
export interface OpenOutcome<Kind extends string = "unknown" | "stopped"> {
  readonly kind: Kind;
  readonly error: Error;
  readonly doubt: Doubt;
  /** When it arose, by the clock of `timers.js`. */
  readonly since: number;
}
