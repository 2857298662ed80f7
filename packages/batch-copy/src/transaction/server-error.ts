/** The fields of an ErrorResponse, as pg's DatabaseError carries them. */
export interface PgServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly table?: string;
  readonly schema?: string;
  /** What the server was doing, innermost first. */
  readonly where?: string;
  /** The function in the server's source that reported it; it is not translated. */
  readonly routine?: string;
}

/** The function in the server's source that runs RAISE (src/pl/plpgsql/src/pl_exec.c). */
const RAISE = "exec_stmt_raise";

/** `query_canceled`: by `statement_timeout`, or by another session. */
export const QUERY_CANCELED = "57014";

/** `lock_not_available`, which a NOWAIT reports as well. */
const LOCK_NOT_AVAILABLE = "55P03";
/** Where a timeout is noticed (src/backend/tcop/postgres.c). */
const TIMEOUT = "ProcessInterrupts";

/** `insufficient_privilege`. */
const NO_PRIVILEGE = "42501";
/** Where rows are compared with policies (src/backend/executor/execMain.c). */
const CHECK_OF_ROW = "ExecWithCheckOptions";

/** Whether a policy of row-level security rejects a row: it has the same code as a missing privilege. */
export function isOfPolicy({ code, routine }: PgServerError): boolean {
  return code === NO_PRIVILEGE && routine === CHECK_OF_ROW;
}

/** Whether the `lock_timeout` was over. */
export function isLockTimeout({ code, routine }: PgServerError): boolean {
  return code === LOCK_NOT_AVAILABLE && routine === TIMEOUT;
}

/** Whether a trigger or function raised it on purpose, and not because of a lock, disk or connection. */
export function isRaised({ routine }: { readonly routine?: string | undefined }): boolean {
  return routine === RAISE;
}

/** Whether the server has closed the connection after this error. */
function isFatal({ severity }: PgServerError): boolean {
  // FATAL; a PANIC arrives as the loss of the connection.
  return severity.startsWith("F");
}

/** Whether it is an ERROR, and not a FATAL, with which the server ends the connection. */
export function isRefusal(error: unknown): error is PgServerError {
  return error instanceof Error && isServerError(error) && !isFatal(error);
}

/** Whether the error is an answer of the server, and not a loss of the connection. */
export function isServerError(error: Error): error is PgServerError {
  const { code, severity } = error as Partial<PgServerError>;
  return typeof severity === "string" && typeof code === "string" && /^[0-9A-Z]{5}$/.test(code);
}

/** Connection exceptions, rollbacks, resources, operator intervention, system errors. */
const TEMPORARY_ERRORS = /^(?:08|40|53|57|58)/;

/**
 * Whether the server does not answer a question of this kind: the role has no privilege, a hosted
 * server does not offer the function, or the server is not PostgreSQL. Temporary errors do not count.
 */
export function isRefusedQuestion(error: unknown): boolean {
  return isRefusal(error) && !TEMPORARY_ERRORS.test(error.code);
}
