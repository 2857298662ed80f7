import type { PgNotice } from "./notice.js";
import type { PgServerError } from "./server-error.js";
import type { Session } from "./session.js";
import type { Statement } from "./statement.js";

/** How the rows of one table are written. */
export interface TableWrite {
  /** Whether rows must be written in the order in which they were sent. */
  readonly isOrdered: boolean;
  /**
   * Whether a batch may be sent while the one before it is on its way, and be held back before it is
   * merged. A transaction that keeps its first snapshot would not see the rows before its own.
   */
  readonly mayBeHeldBack: boolean;
  /** Writes a batch. */
  readonly batch: Write;
  /** Writes a part of a batch that was refused: its errors name the row, if the server does. */
  readonly part: Write;
  /** With no rows, it fails if table, role or server accept none at all. */
  readonly trial: Write;
  /** An INSERT that writes one row in the same way, with a parameter for each column. */
  readonly insertStatement: string;
}

/** What is said to write rows, in which there is one COPY. */
export interface Write {
  /** Begins to write over a session. */
  begin(session: Session): Writing;
}

/** How the rows of one transaction are written, and what became of them. */
export interface Writing {
  /** What is said before the COPY. */
  readonly before: readonly Statement[];
  /** The COPY statement. */
  readonly copy: string;
  /** What is said after it. */
  readonly after: readonly Statement[];
  /**
   * What became of the rows.
   *
   * @param copied how many the COPY has written
   */
  written(copied: number): Written;
  /** Called when the transaction is committed. */
  onCommit(): void;
  /** Called for each NOTICE of the server. */
  onNotice(notice: PgNotice): void;
  /**
   * Explains an ERROR.
   *
   * @param rows how many were sent
   */
  refusal(error: PgServerError, rows: number): Refusal;
}

/** What became of the rows that were committed together. */
export interface Written {
  /** Rows that were written: inserted, or used to update a row. */
  readonly rows: number;
  /** How many of them updated a row, as far as the server says so. */
  readonly updated: number;
  /** Rows that were ignored because of a conflict. */
  readonly ignored: number;
}

/**
 * Where an ERROR arose: inside a function or trigger; at a row that the server was about to store, outside
 * of functions; anywhere else in a statement that writes the rows; or aside, in another statement of the
 * transaction.
 */
export type Place = "function" | "row" | "statement" | "aside";

/** An ERROR by which the server rejects the rows of a transaction. */
export interface Refusal {
  readonly error: PgServerError;
  readonly place: Place;
  /** The row that it names, counted from 0 in what was sent. */
  readonly row: number | undefined;
  /** Which of several writings it arose in, if it is known. */
  readonly writing?: number;
}
