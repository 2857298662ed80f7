import type { Connections } from "./copy/connections.js";
import { openLedger, type LedgerSettings, type LedgerTable } from "./ledger/ledger-table.js";
import { LANE_AGE_MS, removeOrphans } from "./ledger/remove-orphans.js";
import type { Guard, GuardedOrder, Proof } from "./transaction/guard.js";
import { LaneSources } from "./transaction/lane-sources.js";
import { LedgerGuard } from "./transaction/ledger-guard.js";
import { LedgerStatements } from "./transaction/ledger-statements.js";
import type { Session } from "./transaction/session.js";
import { XidGuard } from "./transaction/xid-guard.js";

/** What guards the transactions of a hub: their ids, or a ledger from the moment that it is open. */
export class HubGuard implements Guard {
  /** The uuid of the copier or group in a ledger. */
  readonly session: string;
  readonly #connections: Connections;
  readonly #lockTimeoutMs: number | undefined;
  #guard: Guard;
  #opening: Promise<LedgerTable> | undefined;
  #lanes: LaneSources | undefined;

  /** @param lockTimeoutMs how long a transaction waits for a lock; undefined for as long as the session does */
  constructor(connections: Connections, session: string, lockTimeoutMs: number | undefined) {
    this.session = session;
    this.#connections = connections;
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#guard = new XidGuard(connections.incarnations, lockTimeoutMs);
  }

  begin(session: Session, order: GuardedOrder): Proof | Promise<Proof> {
    return this.#guard.begin(session, order);
  }

  /**
   * Opens the ledger, once.
   *
   * @throws SchemaMismatchError and ConnectError; then the next call tries again.
   */
  openLedger(settings: LedgerSettings): Promise<LedgerTable> {
    this.#opening ??= this.#open(settings).catch((error: Error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /**
   * Removes the lanes from the ledger, if there is time for it. Otherwise their age will tell that they are
   * not in use.
   */
  async close(): Promise<void> {
    const removal = this.#lanes?.removal;
    if (removal !== undefined && !this.#connections.isGivenUp) {
      await this.#connections.useSoon((client) => client.query(removal)).catch(noop);
    }
  }

  async #open(settings: LedgerSettings): Promise<LedgerTable> {
    const ledger = await this.#connections.use(async (client) => {
      const table = await openLedger(client, settings);
      await removeOrphans(client, table);
      return table;
    });
    const statements = new LedgerStatements(ledger.name);
    this.#lanes = new LaneSources({
      statements,
      session: this.session,
      maxIdleMs: LANE_AGE_MS / 2,
    });
    this.#guard = new LedgerGuard({
      statements,
      lanes: this.#lanes,
      lockTimeoutMs: this.#lockTimeoutMs,
    });
    return ledger;
  }
}

function noop(): void {}
