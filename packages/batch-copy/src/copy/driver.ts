import type { Socket } from "node:net";

import type { TextQuery, TextRow } from "../text-query.js";
import type { PgNotice } from "../transaction/notice.js";

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
