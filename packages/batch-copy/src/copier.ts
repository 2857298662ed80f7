import type { Writable } from "node:stream";

import { Admission } from "./batch/admission.js";
import { Batcher } from "./batch/batcher.js";
import { systemClock } from "./batch/clock.js";
import { PagePool } from "./batch/page-pool.js";
import { Connections } from "./copy/connections.js";
import { LostBackends } from "./copy/lost-backends.js";
import { Delivery } from "./delivery/delivery.js";
import { BatchCopyError, ConnectError, SchemaMismatchError } from "./errors.js";
import {
  resolveOptions,
  resolveTimeout,
  type CopierOptions,
  type ResolvedOptions,
} from "./options.js";
import { rowStream } from "./row-stream.js";
import { findTarget, type CopyTarget } from "./table/copy-target.js";
import { RowFormat } from "./table/row-format.js";
import { checkTableArgument } from "./table/table-argument.js";
import type { Columns, RowOf, Table } from "./table/table.js";
import { clearTimeout, setTimeout } from "./timers.js";

/** How `send()` and `sendMany()` wait. */
export interface SendOptions {
  /**
   * Ends the wait for room: the call rejects with the signal's reason, and the row is not sent. If the
   * row was accepted already and `send()` only pauses its caller, it resolves.
   */
  readonly signal?: AbortSignal | undefined;
}

/** How long `insert()` waits. */
export interface InsertOptions {
  /**
   * Ends the wait for room and for the commit: the call rejects with the signal's reason. The row is
   * then either withdrawn or still on its way; use `timeoutMs` if you need to know which.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds after which the call rejects with a TimeoutError, whose `accepted` says whether the
   * row is still on its way.
   * @default Infinity
   */
  readonly timeoutMs?: number | undefined;
}

/** How `close()` ends. */
export interface CloseOptions {
  /**
   * Milliseconds after which rows that are still on their way are given up.
   * @default Infinity
   */
  readonly timeoutMs?: number | undefined;
}

/** What a copier has done so far. All figures are counts of rows, but where the name says otherwise. */
export interface CopierStats {
  /** Accepted by `send`, `sendMany` or `insert`. */
  readonly rowsAccepted: number;
  /** Committed. */
  readonly rowsCommitted: number;
  /** Left out of a committed batch by a trigger of the table. */
  readonly rowsSkipped: number;
  /** Not in the table: refused by the server, or undeliverable. */
  readonly rowsRejected: number;
  /** In the table or not: the connection was lost during the commit, and nobody can tell. */
  readonly rowsInDoubt: number;
  /** Accepted and not settled yet. */
  readonly rowsBuffered: number;
  /** Encoded bytes of the rows that are buffered. */
  readonly bytesBuffered: number;
  /** Encoded bytes of the rows that wait for room; they are not in `bytesBuffered`. */
  readonly bytesWaiting: number;
  /** Transactions that were committed. */
  readonly batchesCommitted: number;
  /** Attempts to write rows once more, after one that failed. */
  readonly retries: number;
  /** Commits that were cut off and turned out to have taken effect. */
  readonly inDoubtCommitted: number;
  /** Commits that were cut off and turned out to have been rolled back. */
  readonly inDoubtAborted: number;
  /** Commits that were cut off and whose outcome cannot be known; see `onInDoubt`. */
  readonly inDoubtUnknown: number;
}

const TEMPORARY =
  "only one connection sees a temporary table: set connections to 1, and give its pool with max: 1";

/**
 * Writes rows of one table to PostgreSQL, in batches, by binary COPY.
 *
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
 * const copier = await Copier.connect(metrics, { databaseUrl: process.env.DATABASE_URL });
 * await copier.send({ url: "/hello/world", latency_ms: 42 }); // accepted
 * await copier.insert({ url: "/hello/world", latency_ms: 43 }); // committed
 * await copier.close();
 */
export class Copier<Row extends object> {
  /** The table's CREATE TABLE statement. */
  readonly ddl: string;
  readonly #connections: Connections;
  readonly #lostBackends: LostBackends;
  readonly #admission: Admission<Row>;
  readonly #delivery: Delivery<Row>;
  #closing: Promise<void> | undefined;

  /**
   * Opens the pool and compares the definition with the table in the database.
   *
   * @throws SchemaMismatchError if the table is not as defined, with every difference and the DDL
   * that would end them.
   * @throws ConnectError if there is no connection within `connectTimeoutMs`.
   * @throws BatchCopyError with code `INVALID_OPTION`, which names the option.
   * @example
   * await using copier = await Copier.connect(metrics, { connections: 1 });
   */
  static connect<C extends Columns>(
    table: Table<C>,
    options?: CopierOptions<RowOf<Table<C>>>,
  ): Promise<Copier<RowOf<Table<C>>>>;
  /**
   * Opens the pool and takes columns and types from the catalog. Generated columns and identities
   * that are always generated are left out; the option `columns` says which of the others are filled.
   *
   * A temporary table wants `connections: 1` and the one-connection pool in which it was created.
   *
   * @param name as SQL reads it: `metrics`, `app.metrics`, `"Odd.Schema"."t"`
   * @throws SchemaMismatchError if there is no such table, or COPY cannot fill it.
   * @example
   * const copier = await Copier.connect<{ url: string; latency_ms?: bigint }>("app.metrics");
   */
  static connect<Row extends object = Record<string, unknown>>(
    name: string,
    options?: CopierOptions<Row>,
  ): Promise<Copier<Row>>;
  static async connect<Row extends object>(
    table: Table | string,
    options: CopierOptions<Row> = {},
  ): Promise<Copier<Row>> {
    checkTableArgument(table);
    const resolved = resolveOptions(options);
    if (typeof table !== "string" && resolved.columns !== undefined) {
      throw new BatchCopyError(
        "INVALID_OPTION",
        "columns is for a table's name only: a definition lists its columns itself",
      );
    }
    const connections = new Connections(resolved);
    try {
      const target = await connections.use((client) => findTarget(table, client, resolved.columns));
      if (target.isTemporary && !connections.isSingle) {
        throw new BatchCopyError("INVALID_OPTION", TEMPORARY);
      }
      return new Copier<Row>(target, resolved, connections);
    } catch (error) {
      if (error instanceof ConnectError) {
        // A server that does not answer would keep the pool from closing.
        connections.giveUp();
      }
      await connections.close();
      throw error;
    }
  }

  private constructor(target: CopyTarget, options: ResolvedOptions<Row>, connections: Connections) {
    const clock = systemClock;
    const pool = new PagePool();
    const format = new RowFormat<Row>(target.columns);
    const batcher = new Batcher<Row>(format, options, pool, clock, () => this.#delivery.feed());
    this.ddl = target.ddl;
    this.#connections = connections;
    this.#admission = new Admission(batcher, options.maxBufferedBytes, clock, () => {
      return this.#delivery.isHandlingRejection;
    });
    const { retry, copyTimeoutMs, onInDoubt } = options;
    const { statement, insertStatement, isTemporary } = target;
    const route = { connections, statement, insertStatement, isTemporary };
    const lostBackends = new LostBackends(connections);
    this.#lostBackends = lostBackends;
    const findMismatch = (): Promise<Error | undefined> => lookAgain(target, connections);
    this.#delivery = new Delivery({
      batcher,
      connections: options.connections,
      means: {
        route,
        sessions: options.connections,
        lostBackends,
        retry,
        copyTimeoutMs,
        onInDoubt,
        clock,
        findMismatch,
      },
      table: target.name,
      contextName: target.contextName,
      decoder: format,
      onReject: options.onReject,
      onReleased: (batch) => {
        batch.pages.forEach((page) => pool.release(page));
        this.#admission.release(batch.bytes);
      },
    });
  }

  /**
   * Sends one row. Resolves when it is accepted into the buffer, which is at once while there is room;
   * it is in the table some time later, see `flush()`. The row is encoded before `send()` returns, also
   * if it has to wait for room: you can change or reuse the object.
   *
   * @throws EncodeError if the row does not fit the definition; other rows are not affected.
   * @throws ClosedError if the copier is closed.
   * @throws the signal's reason, if it aborts while the row waits for room.
   * @example
   * await copier.send({ url: "/hello/world", latency_ms: 42 });
   */
  send(row: Row, options?: SendOptions): Promise<void> {
    return this.#admission.send(row, options?.signal);
  }

  /**
   * Sends rows from an array, a generator or any other (async) iterable: the fastest way for loops and
   * files. Resolves to the number of rows accepted. When it stops early, it closes the iterable and
   * waits for that, except for an async iterable that is silent when the signal aborts.
   *
   * @throws EncodeError for the first invalid row, where it stops; `accepted` counts the rows before it.
   * @throws ClosedError if the copier is closed; `accepted` as above.
   * @throws the signal's reason, unchanged, if it aborts before all rows are accepted.
   * @throws what the iterable throws.
   * @example
   * const count = await copier.sendMany(parsedLines);
   */
  sendMany(rows: Iterable<Row> | AsyncIterable<Row>, options?: SendOptions): Promise<number> {
    return this.#admission.sendMany(rows, options?.signal);
  }

  /**
   * Sends one row and resolves when it is committed. It does not wait for a timer: rows gather while
   * the connections are busy, and are written when one is free. The row is encoded as by `send()`.
   *
   * @throws RowRejectedError if the server rejects the row, with its SQLSTATE, detail, constraint and
   * column.
   * @throws TimeoutError after `timeoutMs`. If `accepted` is false, the row was withdrawn and is not in
   * the table. If it is true, the row is still on its way, and counts as one of `send()` from then on:
   * if it does not reach the table, `onReject` or `flush()` tells you.
   * @throws the signal's reason, if it aborts before the row is committed; the row as above.
   * @throws UndeliveredError if `retry.timeoutMs` is over: the row is not in the table.
   * @throws OutcomeUnknownError if the connection was lost during the commit, and nobody can tell.
   * @throws EncodeError and ClosedError as `send()`.
   * @throws BatchCopyError with code `INVALID_OPTION` for an invalid `timeoutMs`.
   * @example
   * await copier.insert({ url: "/hello/world", latency_ms: 43 }, { timeoutMs: 5000 });
   */
  insert(row: Row, options?: InsertOptions): Promise<void> {
    return options === undefined ? this.#admission.insert(row) : this.#insertWithin(row, options);
  }

  /**
   * Resolves when every row accepted before this call is committed, or handed to `onReject`.
   *
   * @throws RowsRejectedError if rows did not reach the table and nobody was told: the count and the
   * first ones. Rows of `insert()` count only in their own promise.
   * @example
   * await copier.flush(); // now a SELECT sees the rows
   */
  flush(): Promise<void> {
    return this.#delivery.flush();
  }

  /**
   * Accepts nothing more, flushes, and closes the connections that the copier opened. Senders that
   * wait for room get a ClosedError. Further calls end as the first one does; with a `timeoutMs` they
   * may end it sooner.
   *
   * @throws RowsRejectedError as `flush()`.
   * @throws UndeliveredError if `timeoutMs` is over: rows that were still on their way, to send again,
   * and apart from them those whose commit was cut off.
   * @example
   * await copier.close({ timeoutMs: 5000 });
   */
  async close(options?: CloseOptions): Promise<void> {
    const timeoutMs = resolveTimeout("timeoutMs", options?.timeoutMs);
    this.#closing ??= this.#close();
    if (timeoutMs !== undefined) {
      this.#giveUpAfter(timeoutMs, this.#closing);
    }
    return this.#closing;
  }

  /** As `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * A stream to write rows to; it takes them as `send` does, and its end is a `flush()`. The copier
   * stays open.
   *
   * @example
   * await pipeline(readable, copier.writable());
   */
  writable(): Writable {
    return rowStream(this);
  }

  /** A snapshot of the figures. */
  get stats(): CopierStats {
    const { rowsReleased, ...counts } = this.#delivery.counts;
    const rowsAccepted = this.#admission.acceptedRows;
    return {
      rowsAccepted,
      ...counts,
      rowsBuffered: rowsAccepted - rowsReleased,
      bytesBuffered: this.#admission.bufferedBytes,
      bytesWaiting: this.#admission.waitingBytes,
    };
  }

  async #insertWithin(row: Row, { signal, timeoutMs }: InsertOptions): Promise<void> {
    const limits = { signal, timeoutMs: resolveTimeout("timeoutMs", timeoutMs) };
    return this.#admission.insert(row, limits);
  }

  async #close(): Promise<void> {
    this.#admission.close();
    try {
      await this.#delivery.finish();
    } finally {
      this.#lostBackends.stop();
      await this.#connections.close();
    }
  }

  #giveUpAfter(timeoutMs: number, closing: Promise<void>): void {
    const timer = setTimeout(() => {
      this.#connections.giveUp();
      void this.#delivery.abandon(`close() gave up after ${timeoutMs} ms`);
    }, timeoutMs);
    const cancel = (): void => clearTimeout(timer);
    closing.then(cancel, cancel);
  }
}

/** Whether the table still is as it was found: if not, what is different. */
async function lookAgain(
  { definition }: CopyTarget,
  connections: Connections,
): Promise<Error | undefined> {
  try {
    await connections.use((client) => findTarget(definition, client, undefined));
    return undefined;
  } catch (error) {
    return error instanceof SchemaMismatchError ? error : undefined;
  }
}
