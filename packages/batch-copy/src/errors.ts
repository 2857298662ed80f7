/** What went wrong, as a literal that your code can compare. */
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
  | "TIMEOUT"
  | "ALREADY_OPEN"
  | "FENCED"
  | "REWOUND"
  | "POSITION"
  | "SOURCE_UNKNOWN"
  | "SPOOL_FAILED"
  | "SPOOL_CORRUPT"
  | "CLOSED";

/**
 * Names a class and its errors by a literal, because minifiers rename classes. The errors' name is
 * on the prototype, as for native errors: `stack` starts with it, and a subclass can override it
 * with a field, an assignment or its own prototype.
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
 * The base class of all errors of this library. `cause` is the underlying error, if there is one.
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

/** batch-copy could not connect to the server. `cause` is the driver's error. */
export class ConnectError extends BatchCopyError {
  static {
    nameErrors(this, "ConnectError");
  }
  declare readonly code: "CONNECT_FAILED";
  constructor(message: string, options?: ErrorOptions) {
    super("CONNECT_FAILED", message, options);
  }
}

/** The table does not match its definition, does not exist, or cannot be written to. */
export class SchemaMismatchError extends BatchCopyError {
  static {
    nameErrors(this, "SchemaMismatchError");
  }
  declare readonly code: "SCHEMA_MISMATCH";
  /** Each difference, as a sentence. */
  readonly differences: readonly string[];
  /** DDL that resolves differences, or "". Where there is none for one, change the definition. */
  readonly ddl: string;

  constructor(message: string, differences: readonly string[], ddl: string) {
    super("SCHEMA_MISMATCH", message);
    this.differences = differences;
    this.ddl = ddl;
  }
}

/** A row that does not fit its column types. Only its own call rejects; other rows are not affected. */
export class EncodeError extends BatchCopyError {
  static {
    nameErrors(this, "EncodeError");
  }
  declare readonly code: "ENCODE_FAILED";
  /** The key of the column, or `undefined` if the row as a whole is invalid. */
  readonly column: string | undefined;
  readonly value: unknown;
  readonly reason: string;
  /** Set by `sendMany` and streams: the number of rows that were accepted before this one. */
  declare accepted?: number;
  /** Set by `sendMany` and streams: the position of the row, counted from 0. */
  declare index?: number;

  /** @param options `sqlName` is the name of the column in SQL, for the message */
  constructor(
    column: string | undefined,
    value: unknown,
    reason: string,
    options: ErrorOptions & { readonly sqlName?: string | undefined } = {},
  ) {
    const { sqlName = column, ...errorOptions } = options;
    const key = sqlName === column ? "" : ` (${column})`;
    const place = column === undefined ? "row" : `column ${JSON.stringify(sqlName)}${key}`;
    super("ENCODE_FAILED", `${place}: ${reason}`, errorOptions);
    this.column = column;
    this.value = value;
    this.reason = reason;
  }
}

/** The fields of the server's ERROR, and whether an earlier attempt to write the row is in doubt. */
export interface ServerErrorFields {
  readonly sqlState: string;
  readonly detail: string | undefined;
  readonly constraint: string | undefined;
  /** The name of the column in SQL. The error of a trigger may name a column of another `table`. */
  readonly column: string | undefined;
  /** The key in rows of the column; undefined if rows have none, or if it may be another table's. */
  readonly key: string | undefined;
  readonly table: string | undefined;
  /**
   * Whether the outcome of an earlier attempt to write the row is unknown. With
   * `onInDoubt: "retry"`, a duplicate key may then be the row itself.
   */
  readonly afterUnknown: boolean;
}

/** The server rejected the row. `cause` is the driver's error. */
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
  /** The name of the column in SQL. The error of a trigger may name a column of another `table`. */
  readonly column: string | undefined;
  /** The key in `row` of the column; undefined if rows have none, or if it may be another table's. */
  readonly key: string | undefined;
  readonly table: string | undefined;
  readonly afterUnknown: boolean;

  constructor(row: object, fields: ServerErrorFields, cause: Error) {
    super("ROW_REJECTED", cause.message, { cause });
    this.row = row;
    this.sqlState = fields.sqlState;
    this.detail = fields.detail;
    this.constraint = fields.constraint;
    this.column = fields.column;
    this.key = fields.key;
    this.table = fields.table;
    this.afterUnknown = fields.afterUnknown;
  }
}

/** A transaction whose outcome is unknown. */
export interface TransactionInDoubt {
  /** Its id, for `pg_xact_status`; undefined if it never arrived, as with a ledger. */
  readonly xid?: string | undefined;
  /** With a ledger, the source whose row of the ledger it moved. */
  readonly source?: string | undefined;
}

/** The rows of a batch whose COMMIT was interrupted. They may or may not be in the table. */
export interface RowsInDoubt extends TransactionInDoubt {
  readonly rows: readonly object[];
}

/** Options of an UndeliveredError. */
interface UndeliveredErrorOptions extends ErrorOptions {
  readonly table?: string | undefined;
  readonly errors?: readonly UndeliveredError[] | undefined;
}

/** Rows that were accepted but could not be delivered. The error returns them to you. */
export class UndeliveredError extends BatchCopyError {
  static {
    nameErrors(this, "UndeliveredError");
  }
  declare readonly code: "UNDELIVERED";
  /** The number of rows in `rows` and `inDoubt` together. */
  readonly count: number;
  /** Rows that were not committed. You can send them again. */
  readonly rows: readonly object[];
  /** Rows that may be committed. If you send them again, they may be duplicated. */
  readonly inDoubt: readonly RowsInDoubt[];
  /** The qualified name of the rows' table; `undefined` if they are of several. */
  readonly table: string | undefined;
  /** The error of each table, if the rows are of several tables of a group. */
  readonly errors: readonly UndeliveredError[];

  constructor(
    message: string,
    rows: readonly object[],
    inDoubt: readonly RowsInDoubt[],
    { table, errors = [], ...options }: UndeliveredErrorOptions = {},
  ) {
    super("UNDELIVERED", message, options);
    this.rows = rows;
    this.inDoubt = inDoubt;
    this.count = rows.length + inDoubt.reduce((sum, doubt) => sum + doubt.rows.length, 0);
    this.table = table;
    this.errors = errors;
  }
}

/**
 * Nobody can tell whether a transaction committed: the connection was lost during COMMIT, or the ledger
 * does not know the source any more. The row may or may not be in the table.
 */
export class OutcomeUnknownError extends BatchCopyError {
  static {
    nameErrors(this, "OutcomeUnknownError");
  }
  declare readonly code: "OUTCOME_UNKNOWN";
  /** The transaction's id, for `pg_xact_status`; undefined with a ledger. */
  readonly xid: string | undefined;
  /** With a ledger, the source whose row of the ledger the transaction moved. */
  readonly source: string | undefined;
  /** Set by `sendMany` with a `spool` that another process has taken: the number of rows before. */
  declare accepted?: number;

  constructor({ xid, source }: TransactionInDoubt, options?: ErrorOptions) {
    super("OUTCOME_UNKNOWN", outcomeUnknown({ xid, source }), options);
    this.xid = xid;
    this.source = source;
  }
}

function outcomeUnknown({ xid, source }: TransactionInDoubt): string {
  const transaction = xid === undefined ? "" : ` of transaction ${xid}`;
  const reason =
    source === undefined
      ? `the connection was lost during COMMIT${transaction}`
      : `the ledger does not say whether the last commit of the source ${JSON.stringify(source)} took effect`;
  return `${reason}: the row may or may not be in the table`;
}

/**
 * Another owner has claimed the source, so nothing more can be committed for it here. Whether the last
 * batch was committed is not known here: the ledger has the position from which to go on, and
 * `source()` reads it when you open the source again, which fences the other owner in turn.
 */
export class FencedError extends BatchCopyError {
  static {
    nameErrors(this, "FencedError");
  }
  declare readonly code: "FENCED";
  /** The name of the source. */
  readonly source: string;

  constructor(source: string, options?: ErrorOptions) {
    super(
      "FENCED",
      `another owner has claimed the source ${JSON.stringify(source)}: only the ledger says whether the last batch was committed`,
      options,
    );
    this.source = source;
  }
}

/**
 * The server has lost commits that it had confirmed, as after a failover to an asynchronous standby or
 * from a backup. Open the source again, and send its rows again from the position that it then has.
 */
export class RewoundError extends BatchCopyError {
  static {
    nameErrors(this, "RewoundError");
  }
  declare readonly code: "REWOUND";
  /** The name of the source. */
  readonly source: string;
  /** What the ledger says now: the first position that is not committed. */
  readonly position: bigint;
  /** What had been confirmed: the first position that was not. */
  readonly committed: bigint;

  constructor(source: string, position: bigint, committed: bigint, options?: ErrorOptions) {
    super(
      "REWOUND",
      `the server has lost rows of the source ${JSON.stringify(source)}: it confirmed those below position ${committed}, and has those below ${position}`,
      options,
    );
    this.source = source;
    this.position = position;
    this.committed = committed;
  }
}

/**
 * The spool could not make rows durable. It has made sure that they will never be written, so you can send
 * them again. `cause` is the error of the file system, if there is one.
 */
export class SpoolError extends BatchCopyError {
  static {
    nameErrors(this, "SpoolError");
  }
  declare readonly code: "SPOOL_FAILED";
  /** Set by `sendMany` and streams: the number of rows that were accepted. */
  declare accepted?: number;

  constructor(message: string, options?: ErrorOptions) {
    super("SPOOL_FAILED", message, options);
  }
}

/** A file of the spool is damaged. `repairSpool()` moves it aside, so that the rest can be written. */
export class SpoolCorruptError extends BatchCopyError {
  static {
    nameErrors(this, "SpoolCorruptError");
  }
  declare readonly code: "SPOOL_CORRUPT";
  /** The path of the file. */
  readonly file: string;
  /** Where the damage begins, in bytes. */
  readonly offset: number;

  constructor(file: string, offset: number, reason: string, options?: ErrorOptions) {
    super("SPOOL_CORRUPT", `${file} is damaged at byte ${offset}: ${reason}`, options);
    this.file = file;
    this.offset = offset;
  }
}

/** A row that was not written, and the error that says why. */
export interface Rejection<Row = object> {
  /** The qualified name of the table that the row was sent to, quoted. */
  readonly table: string;
  readonly row: Row;
  /** An EncodeError only for a row of a source that was sent with `invalid: "dead-letter"`. */
  readonly error: RowRejectedError | UndeliveredError | OutcomeUnknownError | EncodeError;
  /** The position that the row was sent with, if it was sent with one. */
  readonly position?: bigint | undefined;
}

/** Rows of `send` and `sendMany` were not written, and there is no `onReject` to handle them. */
export class RowsRejectedError extends BatchCopyError {
  static {
    nameErrors(this, "RowsRejectedError");
  }
  declare readonly code: "ROWS_REJECTED";
  /** The number of rows. */
  readonly count: number;
  /** The first of these rows. */
  readonly rejections: readonly Rejection[];

  constructor(count: number, rejections: readonly Rejection[], options?: ErrorOptions) {
    const rows = count === 1 ? "1 row was" : `${count} rows were`;
    const first = rejections[0]?.error.message ?? "";
    super("ROWS_REJECTED", `${rows} not written: ${first}`, options);
    this.count = count;
    this.rejections = rejections;
  }
}

/**
 * `insert()` did not settle within its `timeoutMs`; with a `spool`, also within `retry.timeoutMs`, or before
 * `close({ timeoutMs })` gave up.
 */
export class TimeoutError extends BatchCopyError {
  static {
    nameErrors(this, "TimeoutError");
  }
  declare readonly code: "TIMEOUT";
  /**
   * `false`: the row waited for room and was withdrawn; it is not in the table, and never will be.
   * `true`: the row is still on its way. If it does not reach the table, that is reported
   * by `onReject` or the next `flush()`, as for a row of `send()`.
   */
  readonly accepted: boolean;

  constructor(reason: number | string, accepted: boolean, options?: ErrorOptions) {
    const state = accepted ? "the row may still be committed" : "the row was not written";
    const why =
      typeof reason === "string" ? reason : `insert() took longer than ${reason} ms (timeoutMs)`;
    super("TIMEOUT", `${why}: ${state}`, options);
    this.accepted = accepted;
  }
}

/** The copier or the source is closed, or was closed while the call waited for room in the buffer. */
export class ClosedError extends BatchCopyError {
  static {
    nameErrors(this, "ClosedError");
  }
  declare readonly code: "CLOSED";
  /** Set by `sendMany` and streams: the number of rows that were accepted. */
  declare accepted?: number;

  constructor(what: "copier" | "source" = "copier") {
    super("CLOSED", `the ${what} is closed`);
  }
}
