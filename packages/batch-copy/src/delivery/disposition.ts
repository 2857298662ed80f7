import { isServerError } from "../copy/driver.js";

/**
 * What an ERROR of the server means for the rows that met it:
 *
 * - `refuse`: it is about a row;
 * - `suspect`: about a row, if it names its line or others of the batch can be committed;
 * - `retry`: it passes;
 * - `hold`: it passes when an operator has mended something; the rows are kept and tried slowly.
 */
export type Disposition = "refuse" | "suspect" | "retry" | "hold";

/** Codes and classes that are not left to the rules below; the longest that fits wins. */
const DISPOSITIONS: Readonly<Record<string, Disposition>> = {
  // Connection exceptions. 08P01 stands for a field that the server cannot read.
  "08": "retry",
  "08P01": "suspect",
  // Data exceptions; a field of the wrong length (22P03) among them.
  "22": "refuse",
  // A broken COPY as a whole, not one field of it.
  "22P04": "suspect",
  // The limit of a sequence.
  "2200H": "hold",
  // Integrity constraints.
  "23": "refuse",
  // Read-only, or a transaction in a wrong state: on another connection it may go.
  "25": "retry",
  // Authorization, database, schema; statements that the server has forgotten.
  "26": "hold",
  "28": "hold",
  "3D": "hold",
  "3F": "hold",
  // Rolled back for another's sake.
  "40": "retry",
  // Privileges, tables, columns, functions.
  "42": "hold",
  // A value that the server parses: jsonpath, ltree and its kin, casts to tsquery.
  "42601": "suspect",
  "42622": "suspect",
  // One field of the wrong type; or the column's type is another by now.
  "42804": "suspect",
  // A view's check option.
  "44": "refuse",
  // Resources: connections, disk, memory.
  "53": "retry",
  // Locks that were not to be had.
  "55P03": "retry",
  "55006": "retry",
  // An operator or a timeout has ended it.
  "57": "retry",
  // The system under the server.
  "58": "retry",
  // A plan that does not fit any more.
  "0A": "hold",
  // RAISE in a trigger.
  P0: "refuse",
};

/**
 * The classes of PostgreSQL's own codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 * All others were made up by a trigger, to say something of a row.
 */
const OWN_CLASSES: ReadonlySet<string> = new Set(
  (
    "00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F " +
    "40 42 44 53 54 55 57 58 72 F0 HV P0 XX"
  ).split(" "),
);

/** What to do about an ERROR. */
export function dispositionOf(sqlState: string): Disposition {
  const errorClass = sqlState.slice(0, 2);
  return (
    DISPOSITIONS[sqlState] ??
    DISPOSITIONS[errorClass] ??
    (OWN_CLASSES.has(errorClass) ? "suspect" : "refuse")
  );
}

/** Whether the server turned a connection away until somebody mends something. */
export function isForOperator(error: Error): boolean {
  const answer = error.cause instanceof Error ? error.cause : error;
  return isServerError(answer) && dispositionOf(answer.code) === "hold";
}
