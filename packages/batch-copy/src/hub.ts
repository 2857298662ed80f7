import { AsyncResource } from "node:async_hooks";

import { Budget } from "./batch/budget.js";
import { systemClock, type Clock } from "./batch/clock.js";
import { PagePool } from "./batch/page-pool.js";
import { PlainPath, type RowPath, type RowPathParts } from "./batch/row-path.js";
import { Connections } from "./copy/connections.js";
import { LostBackends } from "./copy/lost-backends.js";
import { isForOperator } from "./delivery/disposition.js";
import { Schedule } from "./delivery/schedule.js";
import { ConnectError } from "./errors.js";
import { HubGuard } from "./hub-guard.js";
import type { LedgerSettings, LedgerTable } from "./ledger/ledger-table.js";
import { newSessionId } from "./ledger/session-id.js";
import { LetterTables } from "./letter-tables.js";
import type { ResolvedOptions } from "./options.js";
import { RememberedTables } from "./remembered/remembered-tables.js";
import { PendingClaims } from "./source/pending-claims.js";
import type { FormerTarget } from "./spooling/former-target.js";
import { openSpool } from "./spooling/open-spool.js";
import type { Spool } from "./spooling/spool.js";
import { SpooledTable } from "./spooling/spooled-table.js";
import type { SpooledTarget } from "./spooling/spooled-target.js";
import { RowFormats } from "./table/row-formats.js";
import { nextTurn } from "./timers.js";

const DEFAULT_LEDGER: LedgerSettings = { table: undefined, create: true };

/** Milliseconds after which a table that waits for a lock gives way to others. */
const LOCK_TIMEOUT_MS = 1000;

/** The options that concern all tables. */
type HubOptions = Omit<
  ResolvedOptions<never>,
  "onReject" | "deadLetters" | "columns" | "names" | "onConflict"
>;

/** What all tables of a group share: connections, lanes, the buffer and its pages. */
export class Hub {
  readonly clock: Clock = systemClock;
  readonly options: HubOptions;
  readonly isShared: boolean;
  readonly connections: Connections;
  readonly letterTables: LetterTables;
  readonly guard: HubGuard;
  readonly claims: PendingClaims = new PendingClaims();
  readonly lostBackends: LostBackends;
  readonly schedule: Schedule;
  readonly budget: Budget;
  readonly pages: PagePool = new PagePool();
  readonly formats: RowFormats = new RowFormats();
  /** That of `connect()`. */
  readonly asyncContext: AsyncResource = new AsyncResource("BATCH_COPY");
  /** Keeps rows on disk; undefined without the option. */
  spool: Spool | undefined;
  /** What is known of tables while the database is away; undefined without a spool. */
  remembered: RememberedTables | undefined;
  /** How long a transaction waits for a lock; undefined for as long as the session does. */
  readonly lockTimeoutMs: number | undefined;

  /** @param isShared whether there may be several tables, none of which may hold up the others */
  constructor(options: HubOptions, isShared: boolean) {
    this.options = options;
    this.isShared = isShared;
    // Rows of former lives must not take all clients of the pool while their tables are locked.
    const givesWay = isShared || options.spool !== undefined;
    this.lockTimeoutMs = givesWay ? LOCK_TIMEOUT_MS : undefined;
    const session = newSessionId(options.pool === undefined);
    this.connections = new Connections({
      ...options,
      needsXactId: options.ledger === undefined,
      session: options.ledger === undefined ? undefined : session,
    });
    this.letterTables = new LetterTables(this.connections);
    this.guard = new HubGuard(this.connections, session, this.lockTimeoutMs);
    this.lostBackends = new LostBackends(this.connections);
    this.schedule = new Schedule(this.connections.lanes, isShared);
    this.budget = new Budget(options.maxBufferedBytes, this.clock, isShared);
  }

  /**
   * Opens what the options ask for.
   *
   * @param former where rows are written to that former lives have left in the spool
   */
  async open(former: FormerTarget): Promise<void> {
    const { ledger, maxBufferedBytes, spool } = this.options;
    if (ledger !== undefined) {
      await this.openLedger().catch((error: Error) => this.#throwUnlessAway(error));
    }
    if (spool !== undefined) {
      const { clock, connections, isShared } = this;
      const place = { clock, connections, isShared, maxBufferedBytes, target: former };
      this.spool = await openSpool(spool, { ...place, openLedger: () => this.openLedger() });
      this.remembered = new RememberedTables(spool.directory);
      await this.spool.start();
    }
  }

  /**
   * Opens the ledger, which guards all transactions from then on: that of the options, or the default one.
   *
   * @throws SchemaMismatchError and ConnectError
   */
  openLedger(): Promise<LedgerTable> {
    return this.guard.openLedger(this.options.ledger ?? DEFAULT_LEDGER);
  }

  /**
   * Checks that the server can be reached. With a spool, it need not be there now.
   *
   * @throws ConnectError
   */
  async connect(): Promise<void> {
    const connecting = this.connections.use(() => Promise.resolve());
    await connecting.catch((error: Error) => this.#throwUnlessAway(error));
  }

  #throwUnlessAway(error: Error): void {
    const isAway = error instanceof ConnectError && !isForOperator(error);
    if (this.options.spool === undefined || !isAway) {
      throw error;
    }
  }

  /** How rows of a table get to where they are written from. */
  pathOf<Row extends object>(
    parts: Omit<RowPathParts<Row>, "clock" | "pages">,
    spooled: SpooledTarget,
  ): RowPath<Row> {
    const { budget, clock, pages, spool } = this;
    return spool === undefined
      ? new PlainPath({ ...parts, clock, pages }, budget)
      : new SpooledTable({ ...parts, ...spooled, clock, pages, spool });
  }

  /** Nothing may hold up `close()` any more. */
  giveUp(message: string): void {
    this.spool?.giveUp(message);
    this.connections.giveUp();
  }

  /** Closes the connections when they are returned. */
  async close(): Promise<void> {
    this.lostBackends.stop();
    await this.spool?.close();
    if (this.spool !== undefined) {
      // Warnings are emitted in the next tick. Who ends the process at once must see them.
      await nextTurn();
    }
    await this.guard.close();
    await this.connections.close();
  }

  /** As {@link close}, after an attempt to connect has failed. */
  async closeAfter(error: unknown): Promise<void> {
    if (error instanceof ConnectError) {
      // A server that does not answer would keep the pool from closing.
      this.connections.giveUp();
    }
    this.spool?.giveUp("connect() has failed");
    await this.close();
  }
}
