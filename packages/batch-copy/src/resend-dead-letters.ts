import { checkCallOptions } from "./call-options.js";
import { partsOf, type Copier } from "./copier.js";
import { invalid } from "./invalid-option.js";
import type { ResendResult } from "./resend-result.js";
import { Resending } from "./resending.js";

/** Options of {@link resendDeadLetters}. */
export interface ResendOptions {
  /**
   * Which letters are sent: a condition as SQL about the columns of the table of dead letters. It becomes
   * a part of a query as it is, so it must not contain text from elsewhere.
   * @default all letters of the copier's table
   */
  readonly where?: string | undefined;
  /** Ends the call between two letters: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends the dead letters of a copier's table again, in order of their ids. Each row is written by an
 * INSERT, in one transaction with the DELETE of its letter: so it is written once, even if the connection
 * is lost or several processes do the same. Letters that come during the call stay. A row that is rejected
 * again stays as it was, and is returned with its error.
 *
 * Failures that can pass, such as a lost connection or a deadlock, are retried as the option `retry` says.
 *
 * @throws BatchCopyError with code `INVALID_OPTION` if the copier has no `deadLetters`.
 * @throws ConnectError or SchemaMismatchError for what an operator has to fix, such as a missing
 * privilege, and after `retry.timeoutMs`. Letters that were sent before are deleted.
 * @throws the signal's reason, if it aborts.
 * @example
 * const { sent, refused } = await resendDeadLetters(copier, { where: "sql_state = '23503'" });
 * for (const { id, error } of refused) console.error(id, error.message);
 */
export async function resendDeadLetters<Row extends object>(
  copier: Copier<Row>,
  options: ResendOptions = {},
): Promise<ResendResult> {
  checkCallOptions("resendDeadLetters()", options, ["where", "signal"]);
  const { where, signal } = options;
  if (where !== undefined && (typeof where !== "string" || where === "")) {
    throw invalid("where must be a condition as SQL");
  }
  const { letterTable, letterName: name, means, destination, format } = partsOf(copier);
  if (letterTable === undefined) {
    throw invalid("the copier has no table of dead letters: set the option deadLetters");
  }
  const table = { name, means, destination, format, letterTable: letterTable.name };
  return new Resending(table, where, signal ?? new AbortController().signal).run();
}
