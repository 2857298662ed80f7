import { throwIfAborted, unlessAbortedDuring } from "./batch/abort-watch.js";
import type { BatchLimits } from "./batch/batch-queue.js";
import { copyOfRow } from "./batch/copy-of-row.js";
import { closeTimeout, giveUpAfter, type CloseOptions } from "./close-options.js";
import { NO_STATS, sumOfStats, type CopierStats, type GroupStats } from "./copier-stats.js";
import { partsOf, type Copier, type InsertOptions, type SendOptions } from "./copier.js";
import { isHandlingIn } from "./delivery/rejecter.js";
import { ClosedError } from "./errors.js";
import { FormerTables } from "./former-tables.js";
import { settleAll } from "./group-errors.js";
import {
  resolveGroupOptions,
  type CopierGroupOptions,
  type TableCopierOptions,
} from "./group-options.js";
import type { GroupSource } from "./group-source.js";
import { GroupSources } from "./group-sources.js";
import { Hub } from "./hub.js";
import { invalid } from "./invalid-option.js";
import { OpenTables } from "./open-tables.js";
import type { ResolvedOptions } from "./options.js";
import type { SourceOptions } from "./source/source.js";
import { NO_SOURCE } from "./table-parts.js";
import type { Columns, RowOf, Table } from "./table/table.js";

/**
 * Writes rows to many tables over a few connections. The tables share the connections and the buffer.
 * A table whose rows cannot be written, because it is locked or a privilege is missing, does not hold
 * up the others: it gets one connection at a time, waits for a lock for at most a second, and takes no
 * more room in the buffer than it leaves free.
 *
 * @example
 * await using group = await CopierGroup.connect({ connections: 4 });
 * const copier = await group.copier(metrics);
 * await copier.send({ url: "/hello/world", latency_ms: 42 });
 * await group.send("app.orders", order); // opens the table when it is first needed
 * await group.flush();
 */
export class CopierGroup {
  readonly #hub: Hub;
  readonly #tables: OpenTables;
  readonly #limits: BatchLimits;
  #sources: GroupSources | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Connects. The tables are looked up when they are opened.
   *
   * @throws ConnectError if there is no connection within `connectTimeoutMs`, or if all clients of the
   * pool are in use for `poolTimeoutMs`.
   * @throws BatchCopyError with code `INVALID_OPTION`, before it connects.
   * @example
   * await using group = await CopierGroup.connect({ connections: 4, maxBufferedBytes: 256 * 2 ** 20 });
   */
  static async connect(options: CopierGroupOptions = {}): Promise<CopierGroup> {
    const resolved = resolveGroupOptions(options);
    const hub = new Hub(resolved, true);
    try {
      await hub.connect();
      await hub.open(new FormerTables(hub, resolved));
      return new CopierGroup(hub, resolved);
    } catch (error) {
      await hub.closeAfter(error);
      throw error;
    }
  }

  private constructor(hub: Hub, options: ResolvedOptions<object>) {
    this.#hub = hub;
    this.#tables = new OpenTables(hub, options);
    this.#limits = options;
  }

  /**
   * Opens a table, or returns its copier if it is open: a table is open once, whatever its name was
   * written like. The copier's `close()` ends this table only; it can be opened again.
   *
   * @throws SchemaMismatchError, ConnectError and BatchCopyError as `Copier.connect()`. After a
   * SchemaMismatchError, the table is not looked up again for a second.
   * @throws BatchCopyError with code `ALREADY_OPEN` if the table is open with another definition, or if
   * options are given and it was opened with others.
   * @throws ClosedError if the group is closed.
   * @example
   * const copier = await group.copier(metrics, { onReject: ({ error }) => console.error(error) });
   */
  copier<C extends Columns>(
    table: Table<C>,
    options?: TableCopierOptions<RowOf<Table<C>>>,
  ): Promise<Copier<RowOf<Table<C>>>>;
  /**
   * Opens a table whose columns and types are taken from the catalog, as `Copier.connect()` does.
   *
   * @param name as SQL reads it: `metrics`, `app.metrics`, `"Odd.Schema"."t"`
   * @throws as for a definition.
   * @example
   * const events = await group.copier<{ kind: string; at: Date }>("app.events");
   */
  copier<Row extends object = Record<string, unknown>>(
    name: string,
    options?: TableCopierOptions<Row>,
  ): Promise<Copier<Row>>;
  copier(table: Table | string, options?: TableCopierOptions<never>): Promise<unknown> {
    return this.#tables.open(table, options);
  }

  /**
   * Sends one row to a table, as its copier's `send()` does, and opens the table if it is not open: with
   * the options of the group. A row that has to wait for that is copied, so that you can change it; the
   * signal ends this wait, too.
   *
   * @throws as `copier()` and `Copier.send()`.
   * @example
   * for await (const event of events) {
   *   await group.send(`events.${event.type}`, event);
   * }
   */
  send<C extends Columns>(
    table: Table<C>,
    row: RowOf<Table<C>>,
    options?: SendOptions,
  ): Promise<void>;
  send(name: string, row: object, options?: SendOptions): Promise<void>;
  send(table: Table | string, row: object, options?: SendOptions): Promise<void> {
    const copier = this.#tables.get(table);
    return copier === undefined
      ? this.#whenOpen(table, row, options?.signal, (opened, copy) => opened.send(copy, options))
      : copier.send(row, options);
  }

  /**
   * Sends one row to a table and resolves when it is committed, as its copier's `insert()` does; opens
   * the table as `send()` does. `timeoutMs` begins when the table is open.
   *
   * @throws as `copier()` and `Copier.insert()`.
   * @example
   * await group.insert("app.orders", order);
   */
  insert<C extends Columns>(
    table: Table<C>,
    row: RowOf<Table<C>>,
    options?: InsertOptions,
  ): Promise<void>;
  insert(name: string, row: object, options?: InsertOptions): Promise<void>;
  insert(table: Table | string, row: object, options?: InsertOptions): Promise<void> {
    const copier = this.#tables.get(table);
    return copier === undefined
      ? this.#whenOpen(table, row, options?.signal, (opened, copy) => opened.insert(copy, options))
      : copier.insert(row, options);
  }

  /**
   * Opens a source whose rows go to several tables of the group: rows with positions, which are committed in
   * the transaction that has the rows of all tables. Otherwise it is as `Copier.source()`.
   *
   * A row that the server rejects is stored as a dead letter or passed to `onReject` of its table before the
   * position passes it, and so are the other rows of the same position.
   *
   * @throws as `Copier.source()`. A table that does not share the fate of the ledger ends the source with a
   * SchemaMismatchError when its first row is to be written.
   * @throws ClosedError if the group is closed.
   * @example
   * await using source = await group.source("shop/7", { start: 0n });
   * for await (const { order, lines, offset } of readFrom(source.position)) {
   *   await source.sendMany([[orders, order], ...lines.map((line) => [orderLines, line] as const)], offset);
   * }
   * await source.flush();
   */
  async source(name: string, options: SourceOptions = {}): Promise<GroupSource> {
    if (this.#closing !== undefined) {
      throw new ClosedError();
    }
    if (this.#hub.spool !== undefined) {
      throw invalid(NO_SOURCE);
    }
    this.#sources ??= new GroupSources(this.#hub, this.#limits);
    return this.#sources.open(name, options);
  }

  /**
   * Resolves when every row accepted before this call, by any table, is committed, to the table or as a
   * dead letter, or was passed to `onReject`.
   *
   * @throws RowsRejectedError as `Copier.flush()`, for the rows of all tables.
   * @example
   * await group.flush();
   */
  flush(): Promise<void> {
    if (isHandlingIn(this.#hub)) {
      return Promise.reject(
        new Error("flush() must not be called in onReject, because it waits for onReject"),
      );
    }
    // Each copier's flush() would tell of the rows of the sources, too.
    const flushes = this.#tables.copiers.map((copier) => partsOf(copier).flushOwn());
    const { spool } = this.#hub;
    return settleAll([
      ...flushes,
      ...(this.#sources === undefined ? [] : [this.#sources.flush()]),
      // Also of tables that are not open.
      ...(spool === undefined ? [] : [spool.allFormerWritten()]),
    ]);
  }

  /**
   * Stops accepting rows, flushes all tables, and closes the connections that the group opened.
   *
   * @throws RowsRejectedError as `flush()` does.
   * @throws UndeliveredError after `timeoutMs`, as `Copier.close()`; if the rows are of several tables,
   * its `errors` has one for each.
   * @example
   * await group.close({ timeoutMs: 5000 });
   */
  async close(options: CloseOptions = {}): Promise<void> {
    const timeoutMs = closeTimeout(options);
    // Before the tables, each of which would give up the sources with rows of its own.
    const sources = this.#sources?.close(timeoutMs) ?? Promise.resolve();
    const tables = [sources, ...this.#tables.closeAll(options)];
    // A further call only gives the tables less time.
    void Promise.allSettled(tables);
    this.#closing ??= this.#closeAfter(tables);
    return giveUpAfter(timeoutMs, this.#closing, () => {
      this.#hub.giveUp(`close() gave up after ${timeoutMs} ms`);
    });
  }

  /** Calls `close()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The current statistics, of all tables together and of each. */
  get stats(): GroupStats {
    const tables = new Map<string, CopierStats>();
    for (const copier of this.#tables.copiers) {
      tables.set(copier.table, copier.stats);
    }
    const others = [this.#tables.closedStats, this.#sources?.stats ?? NO_STATS];
    const { spool } = this.#hub;
    const sums = sumOfStats([...tables.values(), ...others]);
    return { ...sums, ...(spool && { spool: spool.stats }), tables };
  }

  async #closeAfter(tables: readonly Promise<void>[]): Promise<void> {
    try {
      await settleAll(tables);
    } finally {
      await this.#hub.close();
    }
  }

  /**
   * Calls that wait for the same table continue in order, before any later one. The signal ends the
   * wait; `work` is called nevertheless, and refuses the row because of the signal.
   */
  async #whenOpen(
    table: Table | string,
    row: object,
    signal: AbortSignal | undefined,
    work: (copier: Copier<object>, row: object) => Promise<void>,
  ): Promise<void> {
    if (signal !== undefined) {
      throwIfAborted(signal);
    }
    const copy = copyOfRow(row);
    const opening = this.#tables.opening(table);
    const done = opening.then(({ copier }) => work(copier, copy));
    return signal === undefined ? done : unlessAbortedDuring(opening, signal, done);
  }
}
