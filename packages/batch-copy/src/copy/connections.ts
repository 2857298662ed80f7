import type { Pool } from "pg";

import { BatchCopyError, ConnectError } from "../errors.js";
import { nextTurn, now } from "../timers.js";
import { callOut } from "./call-out.js";
import { checkOut, giveBack, listenToLoss, refuseUnusable } from "./check-out.js";
import { ClientAges } from "./client-ages.js";
import { connectError } from "./connect-error.js";
import { withDeadline, type Deadline } from "./deadline.js";
import {
  isRefusal,
  isServerError,
  type PgClient,
  type PgClientSource,
  type PgPool,
} from "./driver.js";
import { Incarnations } from "./incarnations.js";
import { LoopTimer } from "./loop-timer.js";
import { askOrigin, knownOrigin, type Origin } from "./origin.js";
import { openPool, type PoolSettings } from "./own-pool.js";

export interface ConnectionSettings extends PoolSettings {
  readonly pool: PgPool | undefined;
}

/** A client that is checked out and idle. */
export interface Connection {
  readonly client: PgClient;
  readonly origin: Origin;
  /** Returns it to the pool. With an error, it is closed instead of used again. Never throws. */
  readonly release: (error?: unknown) => void;
}

/** The message of pg's pool after `end()`, for pools whose fields are hidden by a wrapper. */
const POOL_ENDED = "Cannot use a pool after calling end on the pool";

/**
 * ERRORs of a server that accepts no further connection (53300: max_connections, the limit of a role
 * or a database), and the corresponding ones of poolers: 08P01 of PgBouncer, XX000 of others.
 */
const NO_MORE_CONNECTIONS = /^(?:53|08|XX)/;

/** How often an old connection is returned, not closed, to a busy pool that also has a new one. */
const MAX_POLITE_ROUNDS = 20;

/** Where connections come from: a pool of our own, or the one that was given. */
export class Connections {
  readonly #pool: PgPool;
  readonly #ownPool: Pool | undefined;
  /** All clients that we opened: `giveUp` disconnects them. */
  readonly #ownClients = new Set<PgClient>();
  readonly #ages: ClientAges;
  readonly #givenUp = deferred();
  readonly #timeoutMs: number;
  #wasRefusedAsEnded = false;
  /** When a connection of the pool was last closed to get a new one, by the clock of `timers.js`. */
  #closedAt = -Infinity;
  readonly incarnations: Incarnations = new Incarnations();
  /** Whether all batches go over one connection, if a given pool says how many it opens. */
  readonly isSingle: boolean;

  constructor(settings: ConnectionSettings) {
    this.#timeoutMs = settings.connectTimeoutMs;
    this.isSingle = settings.connections === 1 && (maxOf(settings.pool) ?? 1) === 1;
    this.#ownPool = settings.pool === undefined ? this.#openPool(settings) : undefined;
    this.#pool = settings.pool ?? this.#ownPool!;
    this.#ages = ClientAges.of(this.#pool);
  }

  /** Whether the pool was ended, so that it never gives a connection again. */
  get isEnded(): boolean {
    const { ending, ended } = this.#pool as { ending?: unknown; ended?: unknown };
    return this.#wasRefusedAsEnded || ending === true || ended === true;
  }

  /** Checks out a connection that is not inside a transaction. Rejects with a ConnectError in time. */
  checkout(): Promise<Connection> {
    return withDeadline(this.#timeoutMs, (deadline) => this.#checkout(deadline));
  }

  /**
   * Lends a connection to `work`, which must end within `connectTimeoutMs`.
   *
   * @throws ConnectError, or the BatchCopyError that `work` throws.
   */
  use<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    return withDeadline(this.#timeoutMs, async (deadline) =>
      lend(await this.#checkout(deadline), deadline, work),
    );
  }

  /**
   * As `use`, over an additional connection that is opened for this and closed afterwards: for
   * questions about the connections of the pool. Those may all be busy, or lead to a server that was
   * replaced. If the server accepts no further connection, one of the pool is used.
   *
   * @param openedAfter a time by the clock of `timers.js`: older connections of the pool are not used
   */
  async useNew<Result>(
    work: (client: PgClient) => Promise<Result>,
    openedAfter: number = -Infinity,
  ): Promise<Result> {
    const client = await this.#openBeside();
    if (client === undefined) {
      return this.#useOpenedAfter(openedAfter, work);
    }
    try {
      return await withDeadline(this.#timeoutMs, (deadline) => deadline.within(client, work));
    } catch (error) {
      throw connectError(error);
    } finally {
      this.#close(client);
    }
  }

  /** Rolls back the failed transaction of a client that is checked out. */
  async rollBack(client: PgClient): Promise<void> {
    await withDeadline(this.#timeoutMs, (deadline) =>
      deadline.within(client, () => client.query("ROLLBACK")),
    );
  }

  /** Closes our own pool when all clients are returned; by force if that takes too long. */
  async close(): Promise<void> {
    if (this.#ownPool === undefined) {
      return;
    }
    const timer = new LoopTimer(this.#timeoutMs, () => this.giveUp());
    await Promise.race([this.#ownPool.end(), this.#givenUp.promise]);
    timer.stop();
  }

  /** Makes `close` end at once: clients that have not ended are disconnected. */
  giveUp(): void {
    for (const client of this.#ownClients) {
      client.connection.stream.destroy();
    }
    this.#givenUp.resolve();
  }

  #openPool(settings: ConnectionSettings): Pool {
    const pool = openPool(settings, this.#ownClients);
    // An idle connection was lost: the pool has dropped it already and will open another.
    pool.on("error", noop);
    return pool;
  }

  async #checkout(deadline: Deadline): Promise<Connection> {
    const client = await this.#checkOutOne(deadline);
    const release = (error?: unknown): void => giveBack(client, error);
    try {
      refuseUnusable(client);
      const origin = knownOrigin(client) ?? (await deadline.within(client, askOrigin));
      this.incarnations.note(origin.incarnation);
      return { client, origin, release };
    } catch (error) {
      const failure = connectError(error);
      release(failure);
      throw failure;
    }
  }

  async #checkOutOne(deadline: Deadline): ReturnType<typeof checkOut> {
    if (this.isEnded) {
      throw new ConnectError("the pool was ended");
    }
    try {
      const client = await checkOut(this.#pool, deadline);
      this.#ages.note(client);
      return client;
    } catch (error) {
      const { cause } = error as Error;
      this.#wasRefusedAsEnded ||= cause instanceof Error && cause.message === POOL_ENDED;
      throw error;
    }
  }

  /** Connects a client outside of the pool, or returns undefined if that is not possible. */
  async #openBeside(): Promise<PgClient | undefined> {
    const client = this.#makeClient();
    if (client === undefined) {
      return undefined;
    }
    try {
      await withDeadline(this.#timeoutMs, (deadline) =>
        deadline.within(client, () => client.connect()),
      );
      return client;
    } catch (error) {
      this.#close(client);
      if (isServerError(error as Error) && NO_MORE_CONNECTIONS.test((error as PgError).code)) {
        return undefined;
      }
      throw connectError(error);
    }
  }

  #makeClient(): PgClient | undefined {
    const { Client, options } = this.#pool as PgClientSource;
    if (typeof Client !== "function") {
      // Not a pg.Pool, but an object that behaves like one.
      return undefined;
    }
    try {
      const client = new Client(options);
      listenToLoss(client);
      this.#ownClients.add(client);
      return client;
    } catch {
      // A class of the application that needs more than the pool's options.
      return undefined;
    }
  }

  #close(client: PgClient): void {
    this.#ownClients.delete(client);
    callOut(() => {
      client.end().catch(noop);
      // If the peer does not close its side, ours must not stay open.
      const { stream } = client.connection;
      if (typeof stream.destroySoon === "function") {
        stream.destroySoon();
      } else {
        const timer = new LoopTimer(this.#timeoutMs, () => stream.destroy());
        stream.once("close", () => timer.stop());
      }
    });
  }

  /**
   * Lends a connection of the pool that was opened after a time. Older ones are returned. One of them
   * is closed if the pool has none that is new enough, or does not lend it: of idle connections, the
   * pool lends the one that was returned last.
   */
  #useOpenedAfter<Result>(
    time: number,
    work: (client: PgClient) => Promise<Result>,
  ): Promise<Result> {
    return withDeadline(this.#timeoutMs, async (deadline) => {
      let last: PgClient | undefined;
      for (let round = 1; ; round++) {
        const connection = await this.#checkout(deadline);
        const { client, release } = connection;
        const hasClosed = this.#closedAt > time;
        if (this.#ages.isOpenedAfter(time, client, hasClosed) || time === -Infinity) {
          return lend(connection, deadline, work);
        }
        // It takes time until the pool has opened a new connection for one that was closed.
        const isNoneNew: boolean = !hasClosed && !this.#ages.hasOpenedAfter(time);
        const isToClose: boolean = isNoneNew || client === last || round > MAX_POLITE_ROUNDS;
        last = client;
        if (isToClose) {
          this.#closedAt = now();
        }
        release(
          isToClose
            ? new Error("closed to open a newer connection, which looks up a commit")
            : undefined,
        );
        await nextTurn();
      }
    });
  }
}

type PgError = Error & { readonly code: string };

async function lend<Result>(
  { client, release }: Connection,
  deadline: Deadline,
  work: (client: PgClient) => Promise<Result>,
): Promise<Result> {
  try {
    const result = await deadline.within(client, work);
    release();
    return result;
  } catch (error) {
    if (error instanceof BatchCopyError) {
      release();
      throw error;
    }
    const failure = connectError(error);
    // An ERROR leaves the session as it was, and a temporary table may go with it.
    release(isRefusal(error) ? undefined : failure);
    throw failure;
  }
}

function maxOf(pool: PgPool | undefined): number | undefined {
  return (pool as PgClientSource | undefined)?.options?.max;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = noop;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function noop(): void {}
