import { now } from "../timers.js";
import { askIncarnationIfAllowed } from "./incarnation.js";
import { LaneSource } from "./lane-source.js";
import type { LedgerStatements } from "./ledger-statements.js";
import { LIMIT_WAITS } from "./lock-limit.js";
import type { Session } from "./session.js";

/** Transactions after which a lane gets a new name, so that it can forget what they wrote. */
const MAX_TRANSACTIONS = 10_000n;

/** What lanes are claimed with. */
export interface LaneSettings {
  readonly statements: LedgerStatements;
  /** The uuid of the copier or group. */
  readonly session: string;
  /** Milliseconds after which a lane that was not used may have been removed. */
  readonly maxIdleMs: number;
}

/** The lanes of a copier or group. Each is used by one transaction at a time. */
export class LaneSources {
  readonly #settings: LaneSettings;
  readonly #free: { readonly lane: LaneSource; readonly since: number }[] = [];
  /** All that have a row in the ledger, as far as is known. */
  readonly #claimed = new Set<LaneSource>();
  /** Those whose claim failed: it may have been committed nevertheless. */
  readonly #unsure: LaneSource[] = [];

  constructor(settings: LaneSettings) {
    this.#settings = settings;
  }

  /** A lane for one transaction: a free one, or a new one, claimed over the session's connection. */
  take(session: Session): LaneSource | Promise<LaneSource> {
    const free = this.#free.pop();
    if (free === undefined) {
      return this.#claim(session, []);
    }
    const { lane, since } = free;
    const isWornOut = lane.position >= MAX_TRANSACTIONS || now() - since > this.#settings.maxIdleMs;
    return isWornOut ? this.#claim(session, [lane]) : lane;
  }

  /** Takes a lane back that no transaction can move any more. */
  giveBack(lane: LaneSource): void {
    if (!lane.isEnded) {
      this.#free.push({ lane, since: now() });
    }
  }

  /** The statement that removes all lanes; undefined if there are none. */
  get removal(): string | undefined {
    const { statements } = this.#settings;
    return this.#claimed.size === 0 ? undefined : statements.remove([...this.#claimed]);
  }

  async #claim(session: Session, others: readonly LaneSource[]): Promise<LaneSource> {
    const { statements, session: uuid } = this.#settings;
    const lane = this.#unsure.pop() ?? new LaneSource();
    this.#claimed.add(lane);
    try {
      const begin = statements.begin(lane, uuid, others);
      await session.ask(async (client) => {
        await client.query(`${LIMIT_WAITS}; ${begin}`);
        const { isPooled, incarnation } = session.origin;
        // A pooler may lead to another server by now.
        lane.foundOn(isPooled ? await askIncarnationIfAllowed(client) : incarnation);
      });
    } catch (error) {
      this.#unsure.push(lane);
      throw error;
    }
    others.forEach((other) => this.#claimed.delete(other));
    return lane;
  }
}
