import type { InsertLimits } from "./limited-insert.js";

/** What admission asks about senders and rows. */
export interface AdmissionHooks<Row extends object> {
  /** Whether the current sender must not wait for room. */
  readonly isExempt?: () => boolean;
  /**
   * Called for the error of an invalid row. If the table may take such rows by now, it returns whether
   * rows are written in another way from then on, so that the row deserves another attempt.
   */
  readonly renew?: (error: unknown, row: Row) => Promise<boolean> | undefined;
  /**
   * Copies a row, for a caller that may change it meanwhile.
   * @default copyOfRow
   */
  readonly copyOf?: (row: Row) => Row;
  /** The limits of an `insert()` that has none of its own. */
  readonly insertLimits?: InsertLimits | undefined;
  /** @throws the reason why a row that has waited for another attempt is not accepted any more */
  readonly check?: (row: Row) => void;
}
