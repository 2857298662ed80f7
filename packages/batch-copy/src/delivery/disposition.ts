import { isOfPolicy, isRaised, isServerError } from "../transaction/server-error.js";
import type { Refusal } from "../transaction/write.js";

/**
 * What the code of a server's ERROR suggests:
 *
 * - `refuse`: about a row;
 * - `doubtful`: about a row, or about the table, the role or the server: a trial decides;
 * - `retry`: temporary; if it persists, a trial decides;
 * - `wait`: temporary, and never about a row;
 * - `hold`: an operator has to fix something; never about a row.
 */
export type Disposition = "refuse" | "doubtful" | "retry" | "wait" | "hold";

/** Codes and classes with a fixed disposition. A code takes precedence over its class. */
const DISPOSITIONS: Readonly<Record<string, Disposition>> = {
  // Connection exceptions, such as those of a foreign server. 08P01 is a field that cannot be read.
  "08": "wait",
  "08P01": "doubtful",
  // Data exceptions.
  "22": "refuse",
  // Bad COPY file format: of the COPY as a whole, not of one field.
  "22P04": "doubtful",
  // A field of the wrong length: of the row, or because the column has another type now.
  "22P03": "doubtful",
  // Sequence generator limit exceeded.
  "2200H": "hold",
  // Integrity constraint violations.
  "23": "refuse",
  // Invalid transaction state, such as read-only: another connection may help.
  "25": "wait",
  // Transaction rollback: serialization failures and deadlocks.
  "40": "retry",
  // WITH CHECK OPTION violation.
  "44": "refuse",
  // Insufficient resources: connections, disk, memory.
  "53": "wait",
  // Object not in prerequisite state: locks that are not available, objects in use.
  "55P03": "retry",
  "55006": "retry",
  // Operator intervention and timeouts.
  "57": "retry",
  // System errors, outside of PostgreSQL.
  "58": "wait",
  // No connection to a foreign server; wrappers other than postgres_fdw report that so.
  HV00N: "wait",
  // PL/pgSQL errors: RAISE.
  P0: "refuse",
};

/**
 * The classes of PostgreSQL's own codes (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 * Other codes come from a trigger or function that reports something about a row.
 */
const OWN_CLASSES: ReadonlySet<string> = new Set(
  (
    "00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 38 39 3B 3D 3F " +
    "40 42 44 53 54 55 57 58 72 F0 HV P0 XX"
  ).split(" "),
);

/**
 * Missing privileges, columns, tables and schemas. Outside of functions, the error is about the table,
 * here or on another server, or about what its defaults and constraints use, and so the same for all rows.
 */
const OF_TABLE: ReadonlySet<string> = new Set(["42501", "42703", "42P01", "3F000"]);

/** At a row, these are about a name in one of its values, which a CHECK or a domain casts to `regclass`. */
const OF_NAME: ReadonlySet<string> = new Set(["42703", "42P01", "3F000"]);

/**
 * Connections and files. A function may use those that a row names: then the error persists, whatever
 * happens to others.
 */
const OF_OTHERS = /^(?:08|58)/;

/** What an ERROR suggests. */
export function dispositionOf(refusal: Refusal): Disposition {
  const { error, place } = refusal;
  const disposition = dispositionOfCode(error.code);
  if (place === "aside") {
    return disposition === "retry" || disposition === "wait" ? "wait" : "hold";
  }
  if (isOfPolicy(error)) {
    return "refuse";
  }
  if (isRaised(error) && disposition !== "refuse") {
    return disposition === "doubtful" ? "doubtful" : "retry";
  }
  if (OF_OTHERS.test(error.code) && disposition === "wait" && place === "function") {
    return "retry";
  }
  return isOfTable(refusal) ? "hold" : disposition;
}

function isOfTable({ error: { code }, place }: Refusal): boolean {
  return OF_TABLE.has(code) && place !== "function" && !(OF_NAME.has(code) && place === "row");
}

function dispositionOfCode(code: string): Disposition {
  const errorClass = code.slice(0, 2);
  return (
    DISPOSITIONS[code] ??
    DISPOSITIONS[errorClass] ??
    (OWN_CLASSES.has(errorClass) ? "doubtful" : "refuse")
  );
}

/** Codes with which a server rejects a connection until an operator fixes something. */
const CONNECTION_REFUSED = /^(?:0A|26|28|3D|3F|42)/;

/** Whether a connection failed because of something that an operator has to fix, such as a password. */
export function isForOperator(error: Error): boolean {
  const answer = error.cause instanceof Error ? error.cause : error;
  return isServerError(answer) && CONNECTION_REFUSED.test(answer.code);
}
