import {
  BatchCopyError,
  OutcomeUnknownError,
  RowsRejectedError,
  SchemaMismatchError,
} from "batch-copy";

import { InputError } from "./input/input-error.js";
import { UsageError } from "./options/usage-error.js";
import { ParquetError } from "./read/parquet/parquet-error.js";

/** The exit codes of `load`. */
export const EXIT = Object.freeze({ loaded: 0, withRejects: 1, usage: 2, stopped: 3 });

/** Codes of the system, such as EPIPE, have no digit. */
const SQLSTATE = /^(?=.*\d)[\dA-Z]{5}$/;

/** SQLSTATEs of a server that is not there, or not for us now. Others are about what was asked. */
const OF_SERVER = /^(?:08|28|3D|53|57|58)/;

/** The exit code for an error before anything was loaded. */
export function exitCodeOf(error: unknown): number {
  const { code } = error as { code?: unknown };
  const isOfUser =
    error instanceof UsageError ||
    error instanceof InputError ||
    error instanceof ParquetError ||
    error instanceof SchemaMismatchError ||
    (error instanceof BatchCopyError && error.code.startsWith("INVALID_")) ||
    (typeof code === "string" && SQLSTATE.test(code) && !OF_SERVER.test(code));
  return isOfUser ? EXIT.usage : EXIT.stopped;
}

/** What is said of an error. */
export function messageOf(error: unknown): string {
  if (error instanceof RowsRejectedError && error.cause instanceof Error) {
    // Thrown by our own handler: it has the reason.
    return messageOf(error.cause);
  }
  if (error instanceof AggregateError && error.errors.length > 0) {
    return messageOf(error.errors[0]);
  }
  if (error instanceof OutcomeUnknownError && error.source !== undefined) {
    // The next load learns from the ledger whether the last commit took effect.
    const reason = error.cause === undefined ? "" : `: ${messageOf(error.cause)}`;
    return `the connection to the server was lost${reason}`;
  }
  return error instanceof Error && error.message !== "" ? error.message : String(error);
}
