import type { TableWrite } from "../transaction/write.js";
import type { Alarm } from "./alarm.js";
import type { DeadLetters } from "./dead-letters.js";
import type { Rejecter } from "./rejecter.js";
import type { RowCounts } from "./row-counts.js";

/** A table to which rows are delivered: how they are written, and who is told what became of them. */
export interface Destination {
  /** Its qualified name. */
  readonly table: string;
  /** How rows are written to it, as it is now. */
  readonly write: () => TableWrite;
  /** Compares the table again; resolves to the mismatch, if there is one. */
  readonly findMismatch: () => Promise<Error | undefined>;
  /** Where its rejected rows are kept, if they are. */
  readonly deadLetters: DeadLetters | undefined;
  /** Passes its rejected rows to `onReject`. */
  readonly rejecter: Rejecter;
  readonly alarm: Alarm;
  readonly counts: RowCounts;
}
