import { now } from "../timers.js";
import type { PgClient, PgPool } from "./driver.js";
import { onePerPool } from "./one-per-pool.js";

/**
 * When the clients of a pool were opened, according to its events (`connect` and `remove` of a
 * pg.Pool).
 */
export class ClientAges {
  /** The time of each client, by the clock of `timers.js`. */
  readonly #openedAt = new Map<PgClient, number>();
  readonly #firstSeenAt = new WeakMap<PgClient, number>();
  #hasEvents = false;

  /** The object of a pool. */
  static readonly of: (pool: PgPool) => ClientAges = onePerPool((pool) => new ClientAges(pool));

  private constructor(pool: PgPool) {
    const { on } = pool as { on?: unknown };
    if (typeof on !== "function") {
      return;
    }
    on.call(pool, "connect", (client: PgClient) => {
      this.#hasEvents = true;
      this.#openedAt.set(client, now());
    });
    on.call(pool, "remove", (client: PgClient) => this.#openedAt.delete(client));
  }

  /** Notes a client that was checked out. */
  note(client: PgClient): void {
    if (!this.#firstSeenAt.has(client)) {
      this.#firstSeenAt.set(client, now());
    }
  }

  /**
   * Whether the client is known to have been opened after this time.
   *
   * @param hasClosed whether an old client was closed since: then, in a pool without events, a client
   * that was never seen before counts as new
   */
  isOpenedAfter(time: number, client: PgClient, hasClosed: boolean): boolean {
    const isNew =
      !this.#hasEvents && hasClosed && (this.#firstSeenAt.get(client) ?? Infinity) > time;
    return isNew || (this.#openedAt.get(client) ?? -Infinity) > time;
  }

  /** Whether a client that was opened after this time is still open. */
  hasOpenedAfter(time: number): boolean {
    return [...this.#openedAt.values()].some((openedAt) => openedAt > time);
  }
}
