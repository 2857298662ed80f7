import { now } from "../timers.js";
import type { PgClient, PgPool } from "./driver.js";

const agesOfPools = new WeakMap<PgPool, ClientAges>();

/**
 * When the clients of a pool were opened, as far as its events tell (`connect` and `remove` of a
 * pg.Pool).
 */
export class ClientAges {
  /** By client, by the clock of `timers.js`. */
  readonly #openedAt = new Map<PgClient, number>();
  readonly #firstSeenAt = new WeakMap<PgClient, number>();
  #isTold = false;

  /** Those of a pool. All copiers of a pool share one object, and so its listeners. */
  static of(pool: PgPool): ClientAges {
    let ages = agesOfPools.get(pool);
    if (ages === undefined) {
      ages = new ClientAges(pool);
      agesOfPools.set(pool, ages);
    }
    return ages;
  }

  private constructor(pool: PgPool) {
    const { on } = pool as { on?: unknown };
    if (typeof on !== "function") {
      return;
    }
    on.call(pool, "connect", (client: PgClient) => {
      this.#isTold = true;
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
   * Whether the client was surely opened after this time.
   *
   * @param hasClosed whether an old client was closed since: then a pool without events is trusted
   * to have opened one that was never seen before
   */
  isOpenedAfter(time: number, client: PgClient, hasClosed: boolean): boolean {
    const isNew = !this.#isTold && hasClosed && (this.#firstSeenAt.get(client) ?? Infinity) > time;
    return isNew || (this.#openedAt.get(client) ?? -Infinity) > time;
  }

  /** Whether a client that was opened after this time is still open. */
  hasOpenedAfter(time: number): boolean {
    return [...this.#openedAt.values()].some((openedAt) => openedAt > time);
  }
}
