import type { Admission } from "./batch/admission.js";
import type { BatchLimits } from "./batch/batch-queue.js";
import type { InsertLimits } from "./batch/limited-insert.js";
import type { RowPath } from "./batch/row-path.js";
import type { Connections } from "./copy/connections.js";
import type { CopyRoute } from "./copy/run-copy.js";
import type { LetterTable } from "./dead-letters/letter-table.js";
import { OneAddress } from "./delivery/addresses.js";
import { Alarm } from "./delivery/alarm.js";
import { Delivery } from "./delivery/delivery.js";
import type { Destination } from "./delivery/destination.js";
import type { DeliveredInvalidRow } from "./delivery/load.js";
import { zeroRunCounts, type Means } from "./delivery/means.js";
import { Health } from "./delivery/patience.js";
import { isHandlingIn, Rejecter } from "./delivery/rejecter.js";
import { zeroRowCounts } from "./delivery/row-counts.js";
import { Settlement } from "./delivery/settlement.js";
import { EncodeError } from "./errors.js";
import { findTableNow, type FoundTable, type WantedTable } from "./find-table.js";
import { settleAll } from "./group-errors.js";
import type { Hub } from "./hub.js";
import { invalid } from "./invalid-option.js";
import { invalidLetterWriter, letterWriter } from "./letter-writer.js";
import type { ResolvedOptions } from "./options.js";
import { claimOwn } from "./source/claim-own.js";
import type { MakeInvalidRow, SourcePlace as LetterPlace } from "./source/make-invalid-row.js";
import { openSource, type SourcePlace } from "./source/open-source.js";
import type { Source, SourceOptions } from "./source/source.js";
import type { StoredSettings } from "./spooling/stored-form.js";
import type { Queryable } from "./table/ask-catalog.js";
import { findTarget, type CopyTarget } from "./table/copy-target.js";
import type { Field } from "./table/field.js";
import type { RowFormat } from "./table/row-format.js";
import { TableForm } from "./table/table-form.js";
import { columnsOf } from "./table/table.js";
import type { WriteForm, WritePlan } from "./table/write-plan.js";
import type { TableWrite } from "./transaction/write.js";
import { writeOf } from "./write-of.js";

/** Why there are no sources beside a spool. */
export const NO_SOURCE =
  "a copier with a spool has no sources, whose readers can send rows again: connect another copier for them";

/** The options of one table. */
export type TableSettings<Row> = BatchLimits & Pick<ResolvedOptions<Row>, "onReject">;

/** The rows that sources of the group have sent to a table. */
export interface TableGuests {
  readonly acceptedRows: number;
  /** Called when rows of the table are written in another way. */
  changeFormat(): void;
  /** Accepts no more rows. */
  close(): void;
  /** Resolves when those that were accepted are settled, or given up. */
  finish(): Promise<void>;
  /** Gives them up. */
  abandon(message: string): void;
  /** Called when there will be no more. */
  leave(): void;
}

/** What belongs to one table of a hub: how its rows are accepted, written and settled. */
export class TableParts<Row extends object> {
  readonly path: RowPath<Row>;
  readonly admission: Admission<Row>;
  readonly delivery: Delivery<Row>;
  readonly means: Means;
  readonly destination: Destination;
  /** See `CopyRoute`. */
  readonly prepare: CopyRoute["prepare"];
  /** How rows are written now. */
  readonly format: () => RowFormat<Row>;
  /** See `AdmissionHooks.renew`. */
  readonly renewFor: (error: unknown) => Promise<boolean> | undefined;
  /** Makes the letters of rows that cannot be encoded; undefined without a table for them. */
  readonly invalidRow: MakeInvalidRow | undefined;
  readonly hub: Hub;
  readonly letterTable: LetterTable | undefined;
  /** Whose rows its letters hold: the qualified name of the table, quoted. */
  readonly letterName: string;
  #write: TableWrite;
  #plan: WritePlan;
  #oid: number;
  /** Undefined once the table was looked at. */
  #unseen: WantedTable | undefined;
  #isClosed = false;
  readonly #sourcePlace: SourcePlace<Row>;
  #guests: TableGuests | undefined;

  constructor(hub: Hub, found: FoundTable, options: TableSettings<Row>) {
    const { asyncContext, clock, connections, guard, schedule } = hub;
    this.#write = writeOf(found.target);
    this.#plan = found.target.plan;
    this.#oid = found.target.oid;
    this.#unseen = found.isSeen ? undefined : found.wanted;
    const form = new TableForm<Row>({
      target: found.target,
      formats: hub.formats,
      isFromCatalog: typeof found.wanted.table === "string",
      find: (connection) =>
        connection === undefined
          ? hub.connections.use((client) => findAgain(found, client))
          : findAgain(found, connection),
      onFound: (target) => {
        this.#oid = target.oid;
        this.#write = writeOf(target);
        this.#plan = target.plan;
      },
      onChange: (format) => {
        this.path.changeCodec(format);
        this.#guests?.changeFormat();
      },
    });
    this.path = hub.pathOf(
      {
        codec: form.format,
        limits: options,
        hooks: {
          isExempt: () => isHandlingIn(hub),
          renew: (error) => this.renewFor(error),
          insertLimits: insertLimits(hub),
        },
        onReady: () => this.delivery.feed(),
      },
      {
        name: found.target.foundName,
        settings: storedSettingsOf(found),
        onForgotten: (rows) => this.means.onForgotten(rows),
        isThere: found.isSeen,
        invalidRow: (row, error, place) => this.#keep(row, error, place),
        claim: async (source, hooks) => {
          await this.#see(form);
          return claimOwn(this.#sourcePlace, source, hooks);
        },
      },
    );
    this.admission = this.path.admission;
    const { name } = found.target;
    const alarm = new Alarm(clock);
    if (found.fateObstacles.length > 0) {
      alarm.sound("fate", `${name}: ${STRAY}: ${found.fateObstacles.join("; ")}`);
    }
    this.format = () => form.format;
    this.renewFor = (error) => (error instanceof EncodeError ? form.renewFor(error) : undefined);
    this.letterTable = found.letterTable;
    this.letterName = found.target.foundName;
    this.destination = {
      table: name,
      write: () => this.#write,
      findMismatch: () => form.look(),
      deadLetters: this.letterTable && letterWriter(connections, this.letterTable, this.letterName),
      rejecter: new Rejecter({ table: name, onReject: options.onReject, group: hub }),
      alarm,
      counts: zeroRowCounts(),
    };
    const addresses = new OneAddress(this.destination);
    const settlement = new Settlement({
      addresses,
      table: name,
      onReleased: (batch) => this.path.release(batch),
    });
    this.prepare = this.#prepareOver(connections, form);
    this.means = meansOf(hub, {
      table: name,
      route: { connections, guard, prepare: this.prepare },
      alarm,
    });
    this.delivery = new Delivery({
      queue: this.path.queue,
      addresses,
      schedule,
      settlement,
      means: this.means,
      asyncContext,
    });
    this.hub = hub;
    this.invalidRow = this.letterTable && this.#invalidRowOf(this.letterTable);
    this.#sourcePlace = {
      connections,
      openLedger: () => hub.openLedger(),
      session: guard.session,
      claims: hub.claims,
      table: this,
      isClosed: () => this.#isClosed,
      isInHandler: () => this.destination.rejecter.isHandling,
      warn: (message) => alarm.sound("source lost", `${name}: ${message}`),
      admission: this.admission,
      delivery: this.delivery,
      invalidRow: this.invalidRow,
    };
  }

  /** `pg_class.oid`, as far as it is known. */
  get oid(): number {
    return this.#oid;
  }

  /** The qualified name of the table, quoted. */
  get name(): string {
    return this.destination.table;
  }

  /**
   * Looks at a table that was away when it was opened.
   *
   * @throws ConnectError as long as it is away, and SchemaMismatchError if it does not fit
   */
  async #see(form: TableForm<Row>): Promise<void> {
    if (this.#unseen !== undefined) {
      const { target } = await findTableNow(this.hub, this.#unseen);
      form.become(target);
      this.#unseen = undefined;
    }
  }

  /** Does what must be done before rows are accepted. */
  async start(): Promise<void> {
    await this.path.start();
    if (this.hub.spool !== undefined) {
      this.delivery.keepOrder();
    }
  }

  /** Without a table for its letter, only `onReject` is told. */
  #keep(row: object, error: EncodeError, place: LetterPlace): DeliveredInvalidRow {
    const { destination } = this;
    const kept = this.invalidRow?.({ row, error }, error, place);
    return { row, error, destination, letter: kept?.letter ?? "" };
  }

  #invalidRowOf(letterTable: LetterTable): MakeInvalidRow {
    const letterOf = invalidLetterWriter(letterTable, this.letterName, this.format);
    const { destination } = this;
    return ({ row, error: own }, first, place) => {
      const error = own ?? sentWith(first, row);
      return { row, error, destination, letter: letterOf(row, error, place) };
    };
  }

  /** See `Copier.source`. */
  async openSource(name: string, options: SourceOptions): Promise<Source<Row>> {
    if (this.hub.spool !== undefined) {
      throw invalid(NO_SOURCE);
    }
    const { source } = await openSource(this.#sourcePlace, name, options);
    return source;
  }

  /** Called when sources of the group begin to send rows to the table, unless it is closed. */
  host(guests: TableGuests): void {
    this.#guests = guests;
  }

  /** Whether it accepts rows. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The table's statistics, with the rows of the group's sources. */
  get acceptedRows(): number {
    return this.path.acceptedRows + (this.#guests?.acceptedRows ?? 0);
  }

  /** See `Copier.flush`. */
  flush(): Promise<void> {
    if (this.destination.rejecter.isHandling) {
      return Promise.reject(
        new Error("flush() must not be called in onReject, because it waits for onReject"),
      );
    }
    return this.#settled();
  }

  /** Resolves when the rows are settled that no source of a group has sent. */
  flushOwn(): Promise<void> {
    return this.path.flush(() => this.delivery.flush());
  }

  /** Accepts no more rows. */
  close(): void {
    this.#isClosed = true;
    this.path.close();
    this.admission.close();
    this.#guests?.close();
  }

  /** As {@link flush}, for when nothing will be sent any more. */
  async finish(): Promise<void> {
    try {
      await this.#settled();
    } finally {
      this.#guests?.leave();
    }
  }

  /** See `Delivery.abandon`. */
  abandon(message: string): void {
    this.path.abandon();
    this.#guests?.abandon(message);
    void this.delivery.abandon(message);
  }

  #settled(): Promise<void> {
    const own = this.flushOwn();
    return this.#guests === undefined ? own : settleAll([own, this.#guests.finish()]);
  }

  /** How rows are written, as the catalog was when it was last looked at. */
  get writeForm(): WriteForm {
    return this.#plan.form;
  }

  /** Why it is no faster form. */
  get writeReasons(): readonly string[] {
    return this.#plan.reasons;
  }

  /**
   * How rows are written through a stage may depend on indexes and triggers, which may have changed
   * unnoticed until the connection was opened.
   */
  #prepareOver(connections: Connections, form: TableForm<Row>): CopyRoute["prepare"] {
    if (this.#plan.form === "copy") {
      return undefined;
    }
    return async (client, signal) => {
      if (connections.isOpenedAfter(form.lookedAt, client)) {
        await connections.ask(client, (asked) => form.lookOver(asked), signal);
      }
    };
  }
}

function storedSettingsOf({ wanted: { conflict }, letterTable }: FoundTable): StoredSettings {
  if (conflict === undefined) {
    return { deadLetters: letterTable?.name };
  }
  const { nameOf, ...action } = conflict;
  const keys = typeof action.update === "object" ? Object.keys(action.update) : [];
  const names = Object.fromEntries(keys.map((key) => [key, nameOf(key)]));
  return { conflict: { ...action, names }, deadLetters: letterTable?.name };
}

/** The error of a row that is valid, but was sent together with one that is not. */
function sentWith(first: EncodeError, row: object): EncodeError {
  const reason = `it was sent together with an invalid row: ${first.message}`;
  return new EncodeError(undefined, row, reason, { cause: first });
}

/** With a spool, rows are never given up, but their callers need not wait for ever. */
function insertLimits({ options: { retry }, spool }: Hub): InsertLimits | undefined {
  return spool === undefined || retry.timeoutMs === Infinity
    ? undefined
    : { timeoutMs: retry.timeoutMs };
}

const STRAY = "rows may be lost or written twice in spite of the ledger";

/** @param rows how many, by now */
function forgotten(rows: number): string {
  return `the server has lost rows that were committed, ${rows} by now (rowsForgotten): it was replaced by one that did not have them, or restored`;
}

/** What the runs of a table do not share with others. */
type OwnMeans = Pick<Means, "table" | "route" | "alarm">;

/** What the runs of a table, or of several that are written together, work with. */
export function meansOf(hub: Hub, own: OwnMeans): Means {
  const { clock, lockTimeoutMs, lostBackends, schedule } = hub;
  const { copyTimeoutMs, onInDoubt } = hub.options;
  // What is on disk is never given up.
  const timeout = hub.spool === undefined ? {} : { timeoutMs: Infinity };
  const retry = { ...hub.options.retry, ...timeout };
  const counts = zeroRunCounts();
  return {
    route: own.route,
    lockTimeoutMs,
    sessions: schedule.lanes,
    lostBackends,
    get table() {
      return own.table;
    },
    retry,
    copyTimeoutMs,
    onInDoubt,
    clock,
    health: new Health(),
    alarm: own.alarm,
    counts,
    onForgotten(rows) {
      counts.rowsForgotten += rows;
      own.alarm.sound("forgotten", `${own.table}: ${forgotten(counts.rowsForgotten)}`);
    },
  };
}

/** Finds the table of a copier again: the same one, and the same columns of it. */
function findAgain(
  { wanted: { table, conflict }, target }: FoundTable,
  connection: Queryable,
): Promise<CopyTarget> {
  const fieldsOf = (): readonly Field[] => columnsOf(target.definition);
  const wanted = typeof table === "string" ? target.name : table;
  return findTarget(wanted, connection, fieldsOf, conflict);
}
