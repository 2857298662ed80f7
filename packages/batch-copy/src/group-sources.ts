import { Admission } from "./batch/admission.js";
import type { BatchLimits } from "./batch/batch-queue.js";
import { Batcher } from "./batch/batcher.js";
import { copyOfRow } from "./batch/copy-of-row.js";
import type { WaitingSender } from "./batch/sender-queue.js";
import { giveUpAfter } from "./close-options.js";
import { NO_STATS, type CopierStats } from "./copier-stats.js";
import { Copier, partsOf } from "./copier.js";
import { deferred } from "./copy/deferred.js";
import type { PgClient } from "./copy/driver.js";
import { Alarm } from "./delivery/alarm.js";
import { Delivery } from "./delivery/delivery.js";
import type { DeliveredInvalidRow } from "./delivery/load.js";
import { isHandlingIn } from "./delivery/rejecter.js";
import { Settlement } from "./delivery/settlement.js";
import { ClosedError } from "./errors.js";
import { createGroupSource, type GroupSource } from "./group-source.js";
import type { Hub } from "./hub.js";
import { invalid, shown } from "./invalid-option.js";
import type { MakeInvalidRow } from "./source/make-invalid-row.js";
import { openSource } from "./source/open-source.js";
import type { SourceOptions } from "./source/source.js";
import { SpannedAddresses } from "./span/spanned-addresses.js";
import { SpannedCodec } from "./span/spanned-codec.js";
import type { SpannedRow, SpannedTable } from "./span/spanned-table.js";
import { SpannedTables } from "./span/spanned-tables.js";
import { meansOf, type TableGuests } from "./table-parts.js";

/**
 * The sources of a group whose rows go to several tables. Rows of all of them are gathered in one batch,
 * and each batch is written in one transaction.
 */
export class GroupSources {
  readonly #hub: Hub;
  readonly #tables = new SpannedTables();
  /** By the copiers of the tables, for as long as these are open. */
  readonly #byCopier = new WeakMap<object, SpannedTable>();
  #codec: SpannedCodec = new SpannedCodec([]);
  readonly #alarm: Alarm;
  readonly #admission: Admission<SpannedRow>;
  readonly #delivery: Delivery<SpannedRow>;
  #closing: Promise<void> | undefined;
  #isAbandoned = false;

  constructor(hub: Hub, limits: BatchLimits) {
    const { asyncContext, budget, clock, connections, guard, pages, schedule } = hub;
    const tables = this.#tables;
    const addresses = new SpannedAddresses(tables, () =>
      connections.use((client) => tables.reorder(client)),
    );
    const batcher = new Batcher(this.#codec, limits, pages, clock, {
      onReady: () => this.#delivery.feed(),
    });
    this.#hub = hub;
    this.#alarm = new Alarm(clock);
    this.#admission = new Admission(batcher, budget, clock, {
      isExempt: () => isHandlingIn(hub),
      renew: (error, { table }) => table.renewFor(error),
      copyOf: ({ table, row }) => ({ table, row: copyOfRow(row) }),
      check: ({ table }) => table.throwIfRefused(),
    });
    const settlement = new Settlement({
      addresses,
      get table() {
        return tables.names;
      },
      onReleased: (batch) => {
        batch.pages.forEach((page) => pages.release(page));
        this.#admission.release(batch.bytes);
      },
    });
    const means = meansOf(hub, {
      get table() {
        return tables.names;
      },
      route: { connections, guard, prepare: (client, signal) => this.#prepare(client, signal) },
      alarm: this.#alarm,
    });
    this.#delivery = new Delivery({
      queue: batcher,
      addresses,
      schedule,
      settlement,
      means,
      asyncContext,
    });
  }

  /** See `CopierGroup.source`. */
  async open(name: string, options: SourceOptions): Promise<GroupSource> {
    const hub = this.#hub;
    const place = {
      connections: hub.connections,
      openLedger: () => hub.openLedger(),
      session: hub.guard.session,
      claims: hub.claims,
      table: undefined,
      isClosed: () => this.#closing !== undefined,
      isInHandler: () => isHandlingIn(hub),
      warn: (message: string) =>
        this.#alarm.sound("source lost", `${this.#tables.names}: ${message}`),
      admission: this.#admission,
      delivery: this.#delivery,
      invalidRow,
    };
    const { source, own } = await openSource(place, name, options);
    return createGroupSource({
      source,
      own,
      tableOf: (copier) => this.#tableOf(copier),
      onClosed: () => {
        for (const table of this.#tables.all) {
          table.sources.delete(own);
        }
      },
    });
  }

  /** What is not the statistics of single tables. */
  get stats(): CopierStats {
    return {
      ...NO_STATS,
      ...this.#delivery.counts,
      bytesBuffered: this.#admission.bufferedBytes,
      bytesWaiting: this.#admission.waitingBytes,
    };
  }

  /** Resolves when all rows that were accepted are settled. */
  flush(): Promise<void> {
    return this.#delivery.flush();
  }

  /** See `CopierGroup.close`. */
  close(timeoutMs: number | undefined): Promise<void> {
    this.#closing ??= this.#close();
    return giveUpAfter(timeoutMs, this.#closing, () => {
      this.#isAbandoned = true;
      void this.#delivery.abandon(`close() gave up after ${timeoutMs} ms`);
    });
  }

  async #close(): Promise<void> {
    this.#admission.close();
    await this.#delivery.flush();
  }

  #tableOf(copier: unknown): SpannedTable {
    const table = this.#byCopier.get(copier as object) ?? this.#join(copier);
    table.throwIfRefused();
    return table;
  }

  #join(copier: unknown): SpannedTable {
    const parts = copier instanceof Copier ? partsOf(copier as Copier<object>) : undefined;
    if (parts?.hub !== this.#hub) {
      throw invalid(`a row of a group's source needs a copier of the group, got ${shown(copier)}`);
    }
    if (parts.isClosed) {
      throw new ClosedError();
    }
    const table = this.#tables.add(parts);
    this.#codec.add(table);
    this.#byCopier.set(copier as object, table);
    parts.host(this.#guestsOf(table));
    return table;
  }

  #guestsOf(table: SpannedTable): TableGuests {
    const abandoned = deferred<void>();
    return {
      get acceptedRows() {
        return table.rowsAccepted;
      },
      changeFormat: () => this.#renewCodec(),
      close: () => {
        table.close();
        this.#refuseWaiting(table);
      },
      finish: () => Promise.race([this.#settled(), abandoned.promise]),
      abandon: (message) => {
        if (!this.#isAbandoned) {
          table.giveUp(message);
          abandoned.resolve();
        }
      },
      leave: () => {
        this.#tables.delete(table);
        this.#renewCodec();
      },
    };
  }

  /** As {@link flush}; the close() of the group tells of what could not be told otherwise. */
  #settled(): Promise<void> {
    return this.#closing === undefined ? this.flush() : this.#closing.catch(noop);
  }

  #refuseWaiting(table: SpannedTable): void {
    this.#admission.refuse((sender) => this.#hasRowOf(table, sender), new ClosedError());
  }

  #hasRowOf(table: SpannedTable, { tuple, unit }: WaitingSender): boolean {
    if (unit?.invalid !== undefined) {
      const rows = unit.invalid.rows as readonly DeliveredInvalidRow[];
      return rows.some(({ destination }) => destination === table.destination);
    }
    const ends = unit?.ends ?? [tuple.length];
    return Array.from(ends).some((_, index) => {
      return this.#codec.tableOf(tuple.subarray(ends[index - 1] ?? 0)) === table;
    });
  }

  #renewCodec(): void {
    this.#codec = new SpannedCodec(this.#tables.all);
    this.#admission.changeCodec(this.#codec);
  }

  async #prepare(client: PgClient, signal: AbortSignal): Promise<void> {
    if (!this.#tables.isPrepared) {
      await this.#hub.connections.ask(client, (asked) => this.#tables.prepare(asked), signal);
    }
    for (const { prepare } of this.#tables.all) {
      await prepare?.(client, signal);
    }
  }
}

/** The table knows where letters of its rows go. A row of one that has no place for them is not sent. */
const invalidRow: MakeInvalidRow<SpannedRow> = ({ row: { table, row }, error }, first, place) =>
  table.invalidRow!({ row, error }, first, place);

function noop(): void {}
