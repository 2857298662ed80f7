/** What went wrong, for code to tell apart. */
export type BatchCopyErrorCode =
  | "INVALID_OPTION"
  | "INVALID_TABLE"
  | "CONNECT_FAILED"
  | "SCHEMA_MISMATCH"
  | "ENCODE_FAILED"
  | "ROW_REJECTED"
  | "ROWS_REJECTED"
  | "UNDELIVERED"
  | "OUTCOME_UNKNOWN"
  | "CLOSED";

/**
 * Gives a class its name by a literal, which a minifier keeps, and its errors too. That of the errors
 * is on the prototype, as with native errors, so that `stack` begins with it and a subclass may set
 * one of its own in any way.
 */
function nameErrors(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass, "name", { value: name, configurable: true });
  Object.defineProperty(errorClass.prototype, "name", {
    value: name,
    configurable: true,
    writable: true,
  });
}

/**
 * The base of all errors of this library. `cause` is the error behind it, where there is one.
 *
 * @example
 * if (error instanceof BatchCopyError && error.code === "CLOSED") return;
 */
export class BatchCopyError extends Error {
  static {
    nameErrors(this, "BatchCopyError");
  }
  readonly code: BatchCopyErrorCode;

  constructor(code: BatchCopyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** No connection to the server; `cause` is the driver's error. */
export class ConnectError extends BatchCopyError {
  static {
    nameErrors(this, "ConnectError");
  }
  declare readonly code: "CONNECT_FAILED";
  constructor(message: string, options?: ErrorOptions) {
    super("CONNECT_FAILED", message, options);
  }
}

/** The definition and the table in the database do not go together. */
export class SchemaMismatchError extends BatchCopyError {
  static {
    nameErrors(this, "SchemaMismatchError");
  }
  declare readonly code: "SCHEMA_MISMATCH";
  /** Each difference, as a sentence. */
  readonly differences: readonly string[];
  /** Statements that would end differences; for those that have none, the definition has to change. */
  readonly ddl: string;

  /** @param isWhole whether the DDL ends all of the differences */
  constructor(table: string, differences: readonly string[], ddl: string, isWhole = true) {
    const promise = isWhole ? "This would fit:" : "This would mend a part of it:";
    const hint = ddl === "" ? "" : `\n${promise}\n${ddl}`;
    super("SCHEMA_MISMATCH", `table ${table}: ${differences.join("; ")}${hint}`);
    this.differences = differences;
    this.ddl = ddl;
  }
}

/** A row that its column types cannot hold. Only its sender learns of it; no other row is touched. */
export class EncodeError extends BatchCopyError {
  static {
    nameErrors(this, "EncodeError");
  }
  declare readonly code: "ENCODE_FAILED";
  /** The column, or undefined if the row as a whole is wrong. */
  readonly column: string | undefined;
  readonly value: unknown;
  readonly reason: string;
  /** From `sendMany`: how many rows before this one were accepted. */
  declare accepted?: number;
  /** From `sendMany`: the row's position among the rows, from 0. */
  declare index?: number;

  constructor(column: string | undefined, value: unknown, reason: string, options?: ErrorOptions) {
    const place = column === undefined ? "row" : `column ${JSON.stringify(column)}`;
    super("ENCODE_FAILED", `${place}: ${reason}`, options);
    this.column = column;
    this.value = value;
    this.reason = reason;
  }
}

/** What is known of a refusal: the fields of the server's ERROR, and what came before it. */
export interface ServerErrorFields {
  readonly sqlState: string;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
  readonly table: string | undefined;
  /**
   * Whether an earlier attempt to write the row is in doubt, and `onInDoubt` is `"retry"`: a duplicate
   * may then be the row itself.
   */
  readonly afterUnknown: boolean;
}

/** The server refused the row; `cause` is the driver's error. */
export class RowRejectedError extends BatchCopyError implements ServerErrorFields {
  static {
    nameErrors(this, "RowRejectedError");
  }
  declare readonly code: "ROW_REJECTED";
  readonly row: object;
  /** PostgreSQL's five-character error code. */
  readonly sqlState: string;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  readonly column: string | undefined;
  readonly table: string | undefined;
  readonly afterUnknown: boolean;

  constructor(row: object, fields: ServerErrorFields, cause: Error) {
    super("ROW_REJECTED", cause.message, { cause });
    this.row = row;
    this.sqlState = fields.sqlState;
    this.detail = fields.detail;
    this.constraint = fields.constraint;
    this.column = fields.column;
    this.table = fields.table;
    this.afterUnknown = fields.afterUnknown;
  }
}

/** The rows of a batch whose commit was cut off: they may be in the table or not. */
export interface RowsInDoubt {
  /** The transaction, for `pg_xact_status`. */
  readonly xid: string;
  readonly rows: readonly object[];
}

/** Rows that were accepted and could not be delivered. They are handed back here. */
export class UndeliveredError extends BatchCopyError {
  static {
    nameErrors(this, "UndeliveredError");
  }
  declare readonly code: "UNDELIVERED";
  /** How many rows: `rows` and those in doubt together. */
  readonly count: number;
  /** Surely not committed: they can be sent again. */
  readonly rows: readonly object[];
  /** May be committed: sending them again may double them. */
  readonly inDoubt: readonly RowsInDoubt[];

  constructor(
    message: string,
    rows: readonly object[],
    inDoubt: readonly RowsInDoubt[],
    options?: ErrorOptions,
  ) {
    super("UNDELIVERED", message, options);
    this.rows = rows;
    this.inDoubt = inDoubt;
    this.count = rows.length + inDoubt.reduce((sum, doubt) => sum + doubt.rows.length, 0);
  }
}

/** The connection was lost while COMMIT was under way: the row may be in the table or not. */
export class OutcomeUnknownError extends BatchCopyError {
  static {
    nameErrors(this, "OutcomeUnknownError");
  }
  declare readonly code: "OUTCOME_UNKNOWN";
  /** The transaction, for `pg_xact_status`. */
  readonly xid: string;

  constructor(xid: string, options?: ErrorOptions) {
    super(
      "OUTCOME_UNKNOWN",
      `the connection was lost during the commit of transaction ${xid}: the row may be in the table or not`,
      options,
    );
    this.xid = xid;
  }
}

/** A row that did not reach the table, with the reason. */
export interface Rejection<Row = object> {
  readonly row: Row;
  readonly error: RowRejectedError | UndeliveredError | OutcomeUnknownError;
}

/** Rows of `send` and `sendMany` did not reach the table, and no `onReject` took them. */
export class RowsRejectedError extends BatchCopyError {
  static {
    nameErrors(this, "RowsRejectedError");
  }
  declare readonly code: "ROWS_REJECTED";
  /** How many rows. */
  readonly count: number;
  /** The first of them. */
  readonly rejections: readonly Rejection[];

  constructor(count: number, rejections: readonly Rejection[], options?: ErrorOptions) {
    const rows = count === 1 ? "1 row was" : `${count} rows were`;
    const first = rejections[0]?.error.message ?? "";
    super("ROWS_REJECTED", `${rows} not written: ${first}`, options);
    this.count = count;
    this.rejections = rejections;
  }
}

/** The copier is closed, or was closed while the sender waited for room. */
export class ClosedError extends BatchCopyError {
  static {
    nameErrors(this, "ClosedError");
  }
  declare readonly code: "CLOSED";
  /** From `sendMany`: how many rows were accepted. */
  declare accepted?: number;

  constructor() {
    super("CLOSED", "the copier is closed");
  }
}
