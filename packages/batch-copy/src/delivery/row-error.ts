import type { Outcome } from "../copy/outcome.js";
import {
  OutcomeUnknownError,
  RowRejectedError,
  UndeliveredError,
  type Rejection,
} from "../errors.js";

/** An outcome that did not put the rows into the table, as far as is known. */
export type FailedOutcome = Exclude<Outcome, { kind: "committed" }>;

/** What the sender of a row is told. */
export function rowError(row: object, outcome: FailedOutcome): Rejection["error"] {
  // A stack would show this file alone, and there may be a hundred thousand of these at once; what
  // went wrong is the cause, which has a stack.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return makeError(row, outcome);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function makeError(row: object, outcome: FailedOutcome): Rejection["error"] {
  const { error } = outcome;
  switch (outcome.kind) {
    case "refused": {
      const { code: sqlState, detail, constraint, column, table } = outcome.error;
      return new RowRejectedError(row, { sqlState, detail, constraint, column, table }, error);
    }
    case "lost":
      return new UndeliveredError(`not delivered: ${error.message}`, [row], [], { cause: error });
    case "unknown":
      return new OutcomeUnknownError(outcome.xid, { cause: error });
  }
}
