import type { Writable } from "node:stream";

import type { Admission } from "./batch/admission.js";
import { checkCallOptions } from "./call-options.js";
import { closeTimeout, giveUpAfter, type CloseOptions } from "./close-options.js";
import type { CopierOptions } from "./copier-options.js";
import type { CopierStats } from "./copier-stats.js";
import type { Delivery } from "./delivery/delivery.js";
import { tuplesOf, type EncodedRows } from "./encoded/encoded-rows.js";
import { createEncoder, type EncoderOptions, type RowEncoder } from "./encoded/row-encoder.js";
import { findTable } from "./find-table.js";
import { FormerTables } from "./former-tables.js";
import { Hub } from "./hub.js";
import { invalid, shown } from "./invalid-option.js";
import { resolveOptions, resolveTimeout } from "./options.js";
import { rowStream, type WritableOptions } from "./row-stream.js";
import type { Source, SourceOptions } from "./source/source.js";
import { TableParts } from "./table-parts.js";
import { conflictRule } from "./table/conflict-rule.js";
import type { CopyTarget } from "./table/copy-target.js";
import { fieldChoice } from "./table/field-choice.js";
import { checkTableArgument } from "./table/table-argument.js";
import type { Columns, RowOf, Table } from "./table/table.js";
import type { WriteForm } from "./table/write-plan.js";

/** Options of `send()` and `sendMany()`. */
export interface SendOptions {
  /**
   * Ends the wait for room: the call rejects with the signal's reason, and the row is not sent. If the
   * row was accepted already and `send()` only pauses its caller, it resolves. With a spool, it ends the wait
   * until the row is on disk in the same way; a call whose rows are being written goes on.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `insert()`. */
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

/**
 * Whom a copier belongs to.
 *
 * @internal
 */
export interface CopierOwner {
  /** Called when the copier begins to close. */
  closing(): void;
  /** Called when `close()` gives up: from then on no connection may hold it up. */
  giveUp(message: string): void;
  /** Called when all rows of the copier are settled. */
  closed(): Promise<void>;
}

/**
 * What a copier is made of.
 *
 * @internal
 */
export interface CopierParts<Row extends object> {
  readonly target: CopyTarget;
  readonly parts: TableParts<Row>;
  readonly owner: CopierOwner;
}

/**
 * Creates a copier, whose constructor is private.
 *
 * @internal
 */
export let createCopier: <Row extends object>(parts: CopierParts<Row>) => Copier<Row>;

/**
 * What the tables of a copier's rows and dead letters are written with.
 *
 * @internal
 */
export let partsOf: <Row extends object>(copier: Copier<Row>) => TableParts<Row>;

/**
 * Writes rows to one table of PostgreSQL, in batches, by binary COPY.
 *
 * @example
 * const metrics = table("metrics", { url: text, latency_ms: int8.nullable() });
 * const copier = await Copier.connect(metrics, { databaseUrl: process.env.DATABASE_URL });
 * await copier.send({ url: "/hello/world", latency_ms: 42 }); // accepted
 * await copier.insert({ url: "/hello/world", latency_ms: 43 }); // committed
 * await copier.close();
 */
export class Copier<Row extends object> {
  /** The qualified name of the table, quoted. */
  readonly table: string;
  /** The CREATE TABLE statement of the table's definition. */
  readonly ddl: string;
  static {
    createCopier = (parts) => new Copier(parts);
    partsOf = (copier) => copier.#parts;
  }
  readonly #owner: CopierOwner;
  readonly #parts: TableParts<Row>;
  readonly #admission: Admission<Row>;
  readonly #delivery: Delivery<Row>;
  #closing: Promise<void> | undefined;

  /**
   * Connects, and compares the definition with the table in the database.
   *
   * @throws SchemaMismatchError if they differ, with every difference and the DDL that resolves them.
   * @throws ConnectError if there is no connection within `connectTimeoutMs`, or if all clients of the
   * pool are in use for `poolTimeoutMs`.
   * @throws BatchCopyError with code `INVALID_OPTION` or `INVALID_TABLE`, before it connects.
   * @example
   * await using copier = await Copier.connect(metrics, { connections: 1 });
   */
  static connect<C extends Columns>(
    table: Table<C>,
    options?: CopierOptions<RowOf<Table<C>>>,
  ): Promise<Copier<RowOf<Table<C>>>>;
  /**
   * Connects, and takes columns and types from the catalog. It leaves out generated columns, columns
   * that are GENERATED ALWAYS AS IDENTITY, and columns that this role has no privilege to fill if they
   * have a default or are nullable. A row must have a value, or null, for a column with a default: to
   * use the default, list the keys of the other columns in the option `columns`. The option `names` says
   * how keys of rows are named in SQL.
   *
   * For a temporary table, pass the pool that created it, with `max: 1`.
   *
   * @param name as SQL reads it: `metrics`, `app.metrics`, `"Odd.Schema"."t"`
   * @throws SchemaMismatchError if there is no such table, or COPY cannot fill it.
   * @throws ConnectError and BatchCopyError as for a definition.
   * @example
   * const copier = await Copier.connect<{ url: string; latencyMs?: bigint }>("app.metrics", {
   *   names: "snake_case", // columns "url" and "latency_ms"
   * });
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
    const wanted = {
      table,
      options: { columns: resolved.columns, names: resolved.names },
      fieldsOf: fieldChoice(table, resolved),
      conflict: conflictRule(table, resolved.onConflict, resolved.names),
      deadLetters: resolved.deadLetters,
    };
    const hub = new Hub(resolved, false);
    try {
      await hub.open(new FormerTables(hub, resolved));
      const found = await findTable(hub, wanted);
      const parts = new TableParts<Row>(hub, found, resolved);
      await parts.start();
      return new Copier({ target: found.target, parts, owner: ownerOf(hub) });
    } catch (error) {
      await hub.closeAfter(error);
      throw error;
    }
  }

  private constructor({ target, parts, owner }: CopierParts<Row>) {
    this.table = target.name;
    this.ddl = target.ddl;
    this.#owner = owner;
    this.#parts = parts;
    this.#admission = parts.admission;
    this.#delivery = parts.delivery;
  }

  /**
   * Sends one row. Resolves when the row is accepted into the buffer; while the buffer is full, it
   * waits. To wait until the row is committed, use `flush()` or `insert()`. The row is encoded before
   * `send()` returns, even if it has to wait: you can change or reuse the object.
   *
   * @throws EncodeError if the row does not match the definition. Other rows are not affected.
   * @throws ClosedError if the copier is closed.
   * @throws the signal's reason, if it aborts while the row waits for room.
   * @example
   * await copier.send({ url: "/hello/world", latency_ms: 42 });
   */
  send(row: Row, options?: SendOptions): Promise<void> {
    return options === undefined ? this.#admission.send(row) : this.#sendWith(row, options);
  }

  /**
   * Sends rows from an array, a generator or any other iterable or async iterable. It is the fastest
   * way for loops and files. Resolves to the number of rows accepted. When it stops early, it closes the
   * iterable and waits for that, except for an async iterable that is silent when the signal aborts.
   *
   * @throws EncodeError for the first invalid row, where it stops; `accepted` counts the rows before it.
   * @throws ClosedError if the copier is closed; `accepted` as above.
   * @throws the signal's reason, unchanged, if it aborts before all rows are accepted.
   * @throws what the iterable throws.
   * @example
   * const count = await copier.sendMany(parsedLines);
   */
  sendMany(rows: Iterable<Row> | AsyncIterable<Row>, options?: SendOptions): Promise<number> {
    return options === undefined
      ? this.#admission.sendMany(rows)
      : this.#sendManyWith(rows, options);
  }

  /**
   * Creates an encoder of rows, for programs that read rows from bytes. It knows the table as it is now: if
   * the table is changed, `sendEncoded()` encodes the rows again, which takes longer than to encode them with
   * a new encoder.
   *
   * @example
   * const encoder = copier.encoder();
   */
  encoder(options: EncoderOptions = {}): RowEncoder {
    checkCallOptions("encoder()", options, ["timeZone"]);
    if (options.timeZone !== undefined && options.timeZone !== "UTC") {
      throw invalid(`timeZone must be "UTC", got ${shown(options.timeZone)}`);
    }
    return createEncoder(this.#parts.format(), this.#admission, options);
  }

  /**
   * Sends rows that were encoded by `encoder()`. Resolves when all of them are accepted; give the encoder the
   * next row after that. Their positions are passed to `onReject`, and mean nothing else: to continue after a
   * crash, send the rows to a source.
   *
   * @throws BatchCopyError with code `INVALID_OPTION` if the copier has a spool.
   * @throws EncodeError, TypeError and Error as `sendEncoded()` of a source.
   * @throws ClosedError, and the signal's reason, as `send()`.
   * @example
   * await copier.sendEncoded(encoder.take());
   */
  sendEncoded(rows: EncodedRows, options: SendOptions = {}): Promise<void> {
    try {
      checkCallOptions("sendEncoded()", options, ["signal"]);
      if (this.#parts.hub.spool !== undefined) {
        throw invalid("a copier with a spool takes no encoded rows");
      }
      const tuples = tuplesOf(rows);
      return tuples.positions.length === 0
        ? Promise.resolve()
        : this.#admission.offerEncoded(tuples, undefined, options.signal);
    } catch (error) {
      return this.#admission.reject(error);
    }
  }

  /**
   * Sends one row and resolves when it is committed. It does not wait for `flushIntervalMs`: the row
   * leaves as soon as a connection is free, together with the rows that were sent meanwhile. It is
   * encoded as by `send()`.
   *
   * @throws RowRejectedError if the server rejects the row, with its SQLSTATE, detail, constraint and
   * column.
   * @throws TimeoutError after `timeoutMs`. If `accepted` is false, the row was withdrawn and is not in
   * the table. If it is true, the row is still on its way, and counts as one of `send()` from then on:
   * if it does not reach the table, `onReject` or `flush()` reports it.
   * @throws the signal's reason, if it aborts before the row is committed; the row as above.
   * @throws UndeliveredError if attempts fail for `retry.timeoutMs`: the row is not in the table.
   * @throws OutcomeUnknownError if the connection was lost during the commit and the outcome is unknown.
   * @throws EncodeError and ClosedError as `send()`.
   * @throws BatchCopyError with code `INVALID_OPTION` for an invalid `timeoutMs`.
   * @example
   * await copier.insert({ url: "/hello/world", latency_ms: 43 }, { timeoutMs: 5000 });
   */
  insert(row: Row, options?: InsertOptions): Promise<void> {
    return options === undefined ? this.#admission.insert(row) : this.#insertWith(row, options);
  }

  /**
   * Resolves when every row accepted before this call is committed, to the table or as a dead letter, or
   * was passed to `onReject`.
   *
   * @throws RowsRejectedError if rows reached none of these, with their number and the first of them. Rows of `insert()` do not count: its promise rejects.
   * @example
   * await copier.flush(); // now a SELECT sees the rows
   */
  flush(): Promise<void> {
    return this.#parts.flush();
  }

  /**
   * Stops accepting rows, flushes, and closes the connections that the copier opened. Calls that wait
   * for room in the buffer reject with a ClosedError. Further calls of `close()` settle like the first
   * one; a `timeoutMs` of theirs can end it sooner.
   *
   * @throws RowsRejectedError as `flush()` does.
   * @throws UndeliveredError after `timeoutMs`, with the rows that are not in the table, which you can
   * send again, and separately those whose outcome is unknown.
   * @example
   * await copier.close({ timeoutMs: 5000 });
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const timeoutMs = closeTimeout(options);
    this.#closing ??= this.#close();
    return giveUpAfter(timeoutMs, this.#closing, () => {
      const message = `close() gave up after ${timeoutMs} ms`;
      this.#owner.giveUp(message);
      this.#parts.abandon(message);
    });
  }

  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Opens a source: rows with positions, which are committed together with the rows. The position is kept
   * in the ledger, which is opened if it is not yet. Whoever had the source open before can commit nothing
   * more.
   *
   * A row that the server rejects is stored as a dead letter or passed to `onReject` before the position
   * passes it. Without `deadLetters` and `onReject` it ends the source with a RowsRejectedError.
   *
   * @param name any string that does not begin with `lane/` or `spool/`
   * @throws BatchCopyError with code `SOURCE_UNKNOWN` if the ledger does not know the source and there
   * is no `start`.
   * @throws SchemaMismatchError if there is no ledger, or the table does not share its fate: an UNLOGGED
   * or foreign table.
   * @throws ClosedError if the copier is closed.
   * @throws ConnectError, and BatchCopyError with code `INVALID_OPTION` or `POSITION`.
   * @example
   * await using source = await copier.source("orders/3", { start: 0n });
   * for await (const message of readFrom(source.position)) {
   *   await source.send(message.row, message.offset);
   * }
   * await source.flush();
   */
  source(name: string, options: SourceOptions = {}): Promise<Source<Row>> {
    return this.#parts.openSource(name, options);
  }

  /**
   * Creates an object stream that sends the rows written to it, and that calls `flush()` at its end.
   * The copier stays open. An invalid row ends the stream with its EncodeError, unless there is an
   * `onInvalid`: then it is passed to that, and the stream continues with the next row.
   * A stream that is destroyed, as by an aborted pipeline, does not send the rows that it still holds.
   *
   * @throws BatchCopyError with code `INVALID_OPTION`.
   * @example
   * await pipeline(readable, copier.writable());
   */
  writable(options: WritableOptions<Row> = {}): Writable {
    return rowStream(this, options);
  }

  /**
   * How rows get into the table, as the catalog was when it was last looked at: `"copy"` by COPY into the
   * table. The others fill a temporary table by COPY, and write from there in the same transaction:
   *
   * - `"stage"` by one INSERT, for tables with row-level security or rules;
   * - `"merge"` by one INSERT … ON CONFLICT;
   * - `"loop"` by an INSERT … ON CONFLICT for each row, where one statement could have another result.
   */
  get write(): WriteForm {
    return this.#parts.writeForm;
  }

  /**
   * Why rows are not written in a faster form, each in words. Empty for `"copy"`, and for a `"merge"` that
   * takes every batch. Otherwise, the reasons of a `"merge"` are why a batch in which a key occurs twice
   * is written row by row.
   *
   * @example
   * console.log(copier.write, copier.writeReasons); // loop [ 'the trigger "audit"' ]
   */
  get writeReasons(): readonly string[] {
    return this.#parts.writeReasons;
  }

  /** The current statistics. */
  get stats(): CopierStats {
    const { hub } = this.#parts;
    const { rowsLeft, ...ofRows } = this.#parts.destination.counts;
    const counts = { ...ofRows, ...this.#delivery.counts };
    const { rowsCommitted, rowsIgnored, rowsSkipped, rowsRejected, rowsInDoubt } = counts;
    const rowsSettled =
      rowsCommitted + rowsIgnored + rowsSkipped + rowsRejected + rowsInDoubt + rowsLeft;
    const rowsAccepted = this.#parts.acceptedRows;
    return {
      rowsAccepted,
      ...counts,
      rowsBuffered: rowsAccepted - rowsSettled,
      bytesBuffered: this.#parts.path.bufferedBytes,
      bytesWaiting: this.#admission.waitingBytes,
      ...(hub.spool && { spool: hub.spool.stats }),
    };
  }

  async #sendWith(row: Row, options: SendOptions): Promise<void> {
    checkCallOptions("send()", options, ["signal"]);
    return this.#admission.send(row, options.signal);
  }

  async #sendManyWith(
    rows: Iterable<Row> | AsyncIterable<Row>,
    options: SendOptions,
  ): Promise<number> {
    checkCallOptions("sendMany()", options, ["signal"]);
    return this.#admission.sendMany(rows, options.signal);
  }

  async #insertWith(row: Row, options: InsertOptions): Promise<void> {
    checkCallOptions("insert()", options, ["signal", "timeoutMs"]);
    const { signal, timeoutMs } = options;
    const limits = { signal, timeoutMs: resolveTimeout("timeoutMs", timeoutMs) };
    return this.#admission.insert(row, limits);
  }

  async #close(): Promise<void> {
    this.#owner.closing();
    this.#parts.close();
    try {
      await this.#parts.finish();
    } finally {
      await this.#owner.closed();
    }
  }
}

/** The owner of a copier that has a hub for itself. */
function ownerOf(hub: Hub): CopierOwner {
  return {
    closing() {},
    giveUp: (message) => hub.giveUp(message),
    closed: () => hub.close(),
  };
}
