import type { Socket } from "node:net";

import type { TextQuery, TextRow } from "../text-query.js";

// The parts of `pg` that this library uses, declared by their structure: users need no `@types/pg`, and
// the dependency is visible in one place.

/** A `pg.Pool`, as an option. */
export interface PgPool {
  connect(
    callback: (
      error: Error | undefined,
      client: { release(error?: Error | boolean): void } | undefined,
    ) => void,
  ): void;
}

/** How a `pg.Pool` creates its clients; `@types/pg` does not declare it. */
export interface PgClientSource {
  readonly Client?: new (options: unknown) => PgClient;
  readonly options?: { readonly max?: number };
}

/** A connection of pg. */
export interface PgClient {
  readonly connection: PgConnection;
  /** The pid of the backend from the start of the connection; a pooler sends another number. */
  readonly processID: number | null;
  /** Whether queries are sent before the last one is answered: then pg accepts no query objects. */
  readonly pipeline?: boolean;
  connect(): Promise<unknown>;
  end(): Promise<unknown>;
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  query(query: TextQuery): Promise<{ rows: TextRow[] }>;
  /** pg returns the object itself; a wrapper may return anything. */
  query(submittable: Submittable): unknown;
  /** I, T or E: idle, in a transaction, in a failed one; null if nothing is known yet. */
  getTransactionStatus(): string | null;
  on(event: "error" | "end", listener: (error?: Error) => void): void;
  on(event: "notice", listener: (notice: PgNotice) => void): void;
  off(event: "error" | "end", listener: (error?: Error) => void): void;
  off(event: "notice", listener: (notice: PgNotice) => void): void;
}

/** A client checked out of a pool. */
export interface PgPoolClient extends PgClient {
  release(error?: Error | boolean): void;
}

interface PgConnection {
  readonly stream: Socket;
  query(text: string): void;
  once(event: "readyForQuery" | "error", listener: () => void): void;
}

/** A NOTICE or WARNING of the server. */
export interface PgNotice {
  /** The function in the server's source that sent it; unlike the message, it is not translated. */
  readonly routine?: string | undefined;
}

/** A custom query object: pg calls it with the messages that answer it. */
export interface Submittable {
  /**
   * Called once, when the query has ended. Set by pg if the client has a `query_timeout`, to stop its
   * timer, and by wrappers of `query` that pass a callback.
   */
  callback?: (error?: Error | null, result?: object) => void;
  /** If it returns an error, pg passes that to `handleError`. */
  submit(): Error | undefined;
  handleRowDescription(): void;
  handleDataRow(message: { readonly fields: readonly (string | null)[] }): void;
  handleCommandComplete(message: { readonly text: string }): void;
  handleCopyInResponse(): void;
  handleReadyForQuery(): void;
  handleError(error: Error): void;
}

/** The fields of an ErrorResponse, as pg's DatabaseError carries them. */
export interface PgServerError extends Error {
  readonly code: string;
  readonly severity: string;
  readonly detail?: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly table?: string;
  /** What the server was doing, innermost first. */
  readonly where?: string;
  /** The function in the server's source that reported it; it is not translated. */
  readonly routine?: string;
}

/** The function in the server's source that runs RAISE (src/pl/plpgsql/src/pl_exec.c). */
const RAISE = "exec_stmt_raise";

/** `lock_not_available`, which a NOWAIT reports as well. */
const LOCK_NOT_AVAILABLE = "55P03";
/** Where a timeout is noticed (src/backend/tcop/postgres.c). */
const TIMEOUT = "ProcessInterrupts";

/** Whether the `lock_timeout` was over. */
export function isLockTimeout({ code, routine }: PgServerError): boolean {
  return code === LOCK_NOT_AVAILABLE && routine === TIMEOUT;
}

/** Whether a trigger or function raised it on purpose, and not because of a lock, disk or connection. */
export function isRaised({ routine }: PgServerError): boolean {
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
