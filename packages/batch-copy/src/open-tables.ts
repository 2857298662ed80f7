import type { CloseOptions } from "./close-options.js";
import { NO_STATS, sumOfStats, type CopierStats } from "./copier-stats.js";
import { createCopier, type Copier } from "./copier.js";
import { deferred } from "./copy/deferred.js";
import { BatchCopyError, ClosedError, SchemaMismatchError } from "./errors.js";
import { findTable, type FoundTable } from "./find-table.js";
import { areSameOptions, resolveTableOptions, type TableCopierOptions } from "./group-options.js";
import type { Hub } from "./hub.js";
import type { ResolvedOptions } from "./options.js";
import { TableParts, type TableSettings } from "./table-parts.js";
import { conflictRule } from "./table/conflict-rule.js";
import { fieldChoice } from "./table/field-choice.js";
import { checkTableArgument } from "./table/table-argument.js";
import type { Table } from "./table/table.js";
import { now } from "./timers.js";

/** Milliseconds for which a table that cannot be opened is not looked up again. */
const MISSING_MS = 1000;

/** What was passed for a table: its definition, or its name as it was written. */
type TableKey = Table | string;

/** A table that is open, or that is being closed. */
interface OpenTable {
  readonly copier: Copier<object>;
  /** What it was opened with. */
  readonly table: TableKey;
  readonly options: TableCopierOptions<never>;
  /** What it was asked for by. */
  readonly keys: Set<TableKey>;
  /** Resolves when it accepts rows. */
  readonly started: Promise<void>;
  /** Set while it is being closed; resolves when it is closed. */
  closed: Promise<void> | undefined;
}

/**
 * The open tables of a group. Each is what its qualified name stands for, as in the statements that fill
 * it, and not an OID: a table that was renamed or made again would be taken for another one.
 */
export class OpenTables {
  readonly #hub: Hub;
  readonly #options: ResolvedOptions<object>;
  readonly #byKey = new Map<TableKey, OpenTable>();
  readonly #byName = new Map<string, OpenTable>();
  readonly #opening = new Map<TableKey, Promise<OpenTable>>();
  /** Why tables could not be opened, and until when that is believed; the oldest first. */
  readonly #missing = new Map<TableKey, { readonly error: Error; readonly until: number }>();
  #closedStats: CopierStats = NO_STATS;
  /** Tables that are closed, and some of whose rows are not settled: the group's sources have sent them. */
  readonly #unsettled = new Set<Copier<object>>();
  #isClosed = false;

  constructor(hub: Hub, options: ResolvedOptions<object>) {
    this.#hub = hub;
    this.#options = options;
  }

  /** The copiers of all tables, also of those that are being closed. */
  get copiers(): readonly Copier<object>[] {
    return Array.from(this.#byName.values(), ({ copier }) => copier);
  }

  /** The sums of the tables that are closed. */
  get closedStats(): CopierStats {
    this.#addUpSettled();
    const unsettled = Array.from(this.#unsettled, ({ stats }) => stats);
    return sumOfStats([this.#closedStats, ...unsettled]);
  }

  /** The copier of a table that is open and was asked for by this very key. */
  get(table: TableKey): Copier<object> | undefined {
    return this.#byKey.get(table)?.copier;
  }

  /** See `CopierGroup.copier`. */
  async open(table: TableKey, options?: TableCopierOptions<never>): Promise<Copier<object>> {
    if (options !== undefined) {
      resolveTableOptions(options, this.#options);
    }
    const opened = this.#byKey.get(table) ?? (await this.opening(table, options));
    if (options !== undefined && !areSameOptions(options, opened.options)) {
      throw alreadyOpen(opened, "other options");
    }
    return opened.copier;
  }

  /**
   * Opens a table that is not open under this key. Calls for the same key share one promise: what is
   * chained to it directly runs in order, and before `get` returns the copier to anyone else.
   */
  opening(table: TableKey, options?: TableCopierOptions<never>): Promise<OpenTable> {
    const opening = this.#opening.get(table);
    if (opening !== undefined) {
      return opening;
    }
    const missing = this.#missing.get(table);
    if (missing !== undefined && now() < missing.until) {
      return Promise.reject(missing.error);
    }
    // Connections that are opened for it outlive the call.
    const begun = this.#hub.asyncContext.runInAsyncScope(() => this.#open(table, options));
    this.#opening.set(table, begun);
    begun.then(
      (opened) => this.#onOpened(table, opened),
      (error: Error) => this.#onFailed(table, error),
    );
    return begun;
  }

  /** Closes all tables, and opens no others: those that are being opened are refused. */
  closeAll(options: CloseOptions): readonly Promise<void>[] {
    this.#isClosed = true;
    const refused = Array.from(this.#opening.values(), (opening) => opening.then(noop, noop));
    return [...refused, ...this.copiers.map((copier) => copier.close(options))];
  }

  async #open(table: TableKey, options: TableCopierOptions<never> = {}): Promise<OpenTable> {
    checkTableArgument(table);
    const settings = resolveTableOptions(options, this.#options);
    const { columns, names } = typeof table === "string" ? settings : options;
    const wanted = {
      table,
      options: { columns, names },
      fieldsOf: fieldChoice(table, { columns, names }),
      conflict: conflictRule(table, settings.onConflict, names),
      deadLetters: settings.deadLetters,
    };
    while (true) {
      this.#refuseIfClosed();
      const found = await findTable(this.#hub, wanted);
      this.#refuseIfClosed();
      const open = this.#byName.get(found.target.foundName);
      if (open === undefined) {
        return this.#start(this.#add(found, options, settings));
      }
      if (open.closed === undefined) {
        if (typeof table !== "string" && table !== open.table) {
          throw alreadyOpen(open, "another definition");
        }
        await open.started;
        return open;
      }
      await open.closed;
    }
  }

  async #start(opened: OpenTable): Promise<OpenTable> {
    try {
      await opened.started;
      return opened;
    } catch (error) {
      await opened.copier.close().catch(noop);
      throw error;
    }
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) {
      throw new ClosedError();
    }
  }

  #add(
    found: FoundTable,
    options: TableCopierOptions<never>,
    settings: TableSettings<object>,
  ): OpenTable {
    const closed = deferred<void>();
    const {
      target,
      wanted: { table },
    } = found;
    const parts = new TableParts(this.#hub, found, settings);
    const copier = createCopier<object>({
      target,
      parts,
      owner: {
        closing: () => this.#onClosing(opened, closed.promise),
        giveUp() {},
        closed: () => {
          this.#onClosed(target.foundName, opened);
          closed.resolve();
          return closed.promise;
        },
      },
    });
    const started = parts.start();
    started.catch(noop);
    const opened: OpenTable = {
      copier,
      table,
      options,
      keys: new Set(),
      started,
      closed: undefined,
    };
    this.#byName.set(target.foundName, opened);
    return opened;
  }

  #onOpened(table: TableKey, opened: OpenTable): void {
    this.#opening.delete(table);
    if (opened.closed === undefined) {
      this.#byKey.set(table, opened);
      opened.keys.add(table);
    }
  }

  #onFailed(table: TableKey, error: Error): void {
    this.#opening.delete(table);
    for (const [key, { until }] of this.#missing) {
      if (now() < until) {
        break;
      }
      this.#missing.delete(key);
    }
    if (error instanceof SchemaMismatchError) {
      this.#missing.set(table, { error, until: now() + MISSING_MS });
    }
  }

  #onClosing(opened: OpenTable, closed: Promise<void>): void {
    opened.closed = closed;
    opened.keys.forEach((key) => this.#byKey.delete(key));
  }

  #onClosed(name: string, { copier }: OpenTable): void {
    this.#byName.delete(name);
    this.#unsettled.add(copier);
    this.#addUpSettled();
  }

  #addUpSettled(): void {
    for (const copier of this.#unsettled) {
      if (copier.stats.rowsBuffered === 0) {
        this.#unsettled.delete(copier);
        this.#closedStats = sumOfStats([this.#closedStats, copier.stats]);
      }
    }
  }
}

function alreadyOpen({ copier }: OpenTable, difference: string): BatchCopyError {
  return new BatchCopyError(
    "ALREADY_OPEN",
    `${copier.table} is open with ${difference}: call copier() without options to get its copier, or close that first`,
  );
}

function noop(): void {}
