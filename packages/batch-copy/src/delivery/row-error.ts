import type { RowCodec } from "../batch/row-codec.js";
import {
  OutcomeUnknownError,
  type BatchCopyError,
  RowRejectedError,
  UndeliveredError,
  type Rejection,
} from "../errors.js";
import { isRaised } from "../transaction/server-error.js";
import type { Refusal } from "../transaction/write.js";
import type { FailedFate, RefusedFate } from "./fate.js";
import { constraintOf } from "./worker-constraint.js";

/**
 * The error for the sender of a row that was written by the codec.
 *
 * @param table its qualified name
 */
export function rowError(
  table: string,
  row: object,
  fate: FailedFate,
  codec: RowCodec<unknown>,
): Rejection["error"] {
  // A stack would show only this file, and there may be a hundred thousand of these errors at once. The
  // cause has a stack. If built-in objects are frozen, the limit cannot be set.
  if (Object.getOwnPropertyDescriptor(Error, "stackTraceLimit")?.writable !== true) {
    return makeError(table, row, fate, codec);
  }
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return makeError(table, row, fate, codec);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function makeError(
  table: string,
  row: object,
  fate: FailedFate,
  codec: RowCodec<unknown>,
): Rejection["error"] {
  const { error } = fate;
  switch (fate.kind) {
    case "refused": {
      const { code: sqlState, detail, column } = fate.error;
      const constraint = constraintOf(fate.error);
      const key = isAboutTable(fate, table) ? keyOf(fate, codec) : undefined;
      const afterUnknown = fate.doubtful !== undefined;
      return new RowRejectedError(
        row,
        { sqlState, detail, constraint, column, key, table: fate.error.table, afterUnknown },
        error,
      );
    }
    case "lost":
      return new UndeliveredError(`not delivered: ${error.message}`, [row], [], {
        cause: error,
        table,
      });
    case "unknown":
      return new OutcomeUnknownError(fate, { cause: error });
  }
}

/** The error with which a source ends whose rows were given up. */
export function sourceError(table: string, fate: FailedFate, source: string): BatchCopyError {
  const { error } = fate;
  return fate.kind === "unknown"
    ? new OutcomeUnknownError({ xid: fate.xid, source }, { cause: error })
    : new UndeliveredError(`not delivered: ${error.message}`, [], [], { cause: error, table });
}

/** Whether the error is about a row of this table: those of others are rejected together with it. */
export function isAboutTable(fate: RefusedFate, table: string): boolean {
  return fate.table === undefined || fate.table === table;
}

/** A statement inside a trigger has columns of other tables; what a trigger raises is about the row. */
function keyOf({ error, place }: Refusal, codec: RowCodec<unknown>): string | undefined {
  const { column } = error;
  const isOfOther = place === "function" && !isRaised(error);
  return column === undefined || isOfOther ? undefined : codec.keyOf(column);
}
