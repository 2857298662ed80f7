import { ConnectError } from "../errors.js";
import { nextTurn, now } from "../timers.js";
import type { ClientAges } from "./client-ages.js";
import type { Connection } from "./connection.js";
import type { PgClient } from "./driver.js";

/** How often an old connection is returned, not closed, to a busy pool that also has a new one. */
const MAX_POLITE_ROUNDS = 20;

/** Finds connections of a pool that were opened after a time. */
export class NewerConnections {
  readonly #ages: ClientAges;
  readonly #checkout: () => Promise<Connection>;
  readonly #timeoutMs: number;
  /** When a connection was last closed to get a new one, by the clock of `timers.js`. */
  #closedAt = -Infinity;

  /** @param timeoutMs milliseconds after which a connection that is too old ends the search */
  constructor(ages: ClientAges, checkout: () => Promise<Connection>, timeoutMs: number) {
    this.#ages = ages;
    this.#checkout = checkout;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Checks out a connection that was opened after a time. Older ones are returned. One of them is closed
   * if the pool has none that is new enough, or does not lend it: of idle connections, the pool lends
   * the one that was returned last.
   *
   * @throws ConnectError if there is none in time
   */
  async checkout(time: number): Promise<Connection> {
    const startedAt = now();
    let last: PgClient | undefined;
    for (let round = 1; now() - startedAt < this.#timeoutMs; round++) {
      const connection = await this.#checkout();
      const { client } = connection;
      if (this.#ages.isOpenedAfter(time, client, this.#closedAt > time)) {
        return connection;
      }
      this.#return(connection, time, client === last || round > MAX_POLITE_ROUNDS);
      last = client;
      await nextTurn();
    }
    throw new ConnectError(`no new connection within ${this.#timeoutMs} ms (poolTimeoutMs)`);
  }

  #return({ release }: Connection, time: number, isStubborn: boolean): void {
    // It takes time until the pool has opened a new connection for one that was closed.
    const isNoneNew = this.#closedAt <= time && !this.#ages.hasOpenedAfter(time);
    if (isNoneNew || isStubborn) {
      this.#closedAt = now();
      release(new Error("closed to open a newer connection, which looks up a commit"));
    } else {
      release();
    }
  }
}
