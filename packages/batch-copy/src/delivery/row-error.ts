import {
  OutcomeUnknownError,
  RowRejectedError,
  UndeliveredError,
  type Rejection,
} from "../errors.js";
import type { FailedFate } from "./fate.js";
import { constraintOf } from "./worker-constraint.js";

/** The error for the sender of a row. */
export function rowError(row: object, fate: FailedFate): Rejection["error"] {
  // A stack would show this file alone, and there may be a hundred thousand of these at once; what
  // went wrong is the cause, which has a stack. Where built-in objects are frozen there is one.
  if (Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable !== true) {
    return makeError(row, fate);
  }
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return makeError(row, fate);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function makeError(row: object, fate: FailedFate): Rejection["error"] {
  const { error } = fate;
  switch (fate.kind) {
    case "refused": {
      const { code: sqlState, detail, column, table } = fate.error;
      const constraint = constraintOf(fate.error);
      const afterUnknown = fate.doubtfulXid !== undefined;
      return new RowRejectedError(
        row,
        { sqlState, detail, constraint, column, table, afterUnknown },
        error,
      );
    }
    case "lost":
      return new UndeliveredError(`not delivered: ${error.message}`, [row], [], { cause: error });
    case "unknown":
      return new OutcomeUnknownError(fate.xid, { cause: error });
  }
}
