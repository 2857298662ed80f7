import type { Pool } from "pg";

import { ConnectError } from "../errors.js";
import { Incarnations } from "../transaction/incarnations.js";
import { answerWithin } from "./answer-within.js";
import { callOut } from "./call-out.js";
import { checkOut, giveBack, refuseUnusable, type CheckOut } from "./check-out.js";
import { ClientAges } from "./client-ages.js";
import { closeBeside, openBeside } from "./client-beside.js";
import { connectError, poolEndedError } from "./connect-error.js";
import { lend, type Connection } from "./connection.js";
import { deferred } from "./deferred.js";
import type { PgClient, PgPool, PgPoolClient } from "./driver.js";
import { LoopTimer } from "./loop-timer.js";
import { NewerConnections } from "./newer-connection.js";
import { askOrigin, knownOrigin } from "./origin.js";
import { openPool, type PoolSettings } from "./own-pool.js";
import { PoolLoad } from "./pool-load.js";
import type { PoolLimits } from "./pool-wait.js";

export interface ConnectionSettings extends PoolSettings, PoolLimits {
  readonly pool: PgPool | undefined;
  /** Whether commits in doubt are looked up by the ids of their transactions. */
  readonly needsXactId: boolean;
}

/** The message of pg's pool after `end()`, for pools whose fields are hidden by a wrapper. */
const POOL_ENDED = "Cannot use a pool after calling end on the pool";

/** Where connections come from: a pool of our own, or the one that was given. */
export class Connections {
  readonly #pool: PgPool;
  readonly #ownPool: Pool | undefined;
  /** All clients that we opened: `giveUp` disconnects them. */
  readonly #ownClients = new Set<PgClient>();
  /** Clients of the pool that are checked out. */
  readonly #lent = new Set<PgClient>();
  readonly #ages: ClientAges;
  readonly #newer: NewerConnections;
  readonly #checkOuts = new Set<CheckOut>();
  readonly #givenUp = deferred<void>();
  #isGivenUp = false;
  readonly #limits: PoolLimits;
  readonly #timeoutMs: number;
  readonly #needsXactId: boolean;
  #wasRefusedAsEnded = false;
  /** Whether a temporary table is being filled, which would be lost with its connection. */
  holdsTemporaryTable = false;
  readonly incarnations: Incarnations = new Incarnations();
  /** How many batches are written at once: no more than a given pool has clients, if it says so. */
  readonly lanes: number;
  /** Whether all batches go over one connection, if a given pool says how many it opens. */
  readonly isSingle: boolean;

  constructor(settings: ConnectionSettings) {
    const { pool, connections, connectTimeoutMs, poolTimeoutMs } = settings;
    this.#timeoutMs = connectTimeoutMs;
    this.#needsXactId = settings.needsXactId;
    this.#limits = { connectTimeoutMs, poolTimeoutMs };
    this.#ownPool = pool === undefined ? this.#openPool(settings) : undefined;
    this.#pool = pool ?? this.#ownPool!;
    const { max = connections } = PoolLoad.of(this.#pool);
    this.lanes = Math.min(connections, max);
    this.isSingle = this.lanes === 1 && max === 1;
    this.#ages = ClientAges.of(this.#pool);
    this.#newer = new NewerConnections(this.#ages, () => this.checkout(), poolTimeoutMs);
  }

  /** Whether nobody else uses the connections. */
  get isOwn(): boolean {
    return this.#ownPool !== undefined;
  }

  /** Whether the pool was ended, so that it never gives a connection again. */
  get isEnded(): boolean {
    return this.#wasRefusedAsEnded || PoolLoad.of(this.#pool).isEnded;
  }

  /**
   * Checks out a connection that is not inside a transaction.
   *
   * @throws ConnectError if the server cannot be reached within `connectTimeoutMs`, or if all clients
   * of the pool are in use for `poolTimeoutMs`
   */
  async checkout(limits: PoolLimits = this.#limits): Promise<Connection> {
    const client = await this.#checkOut(limits);
    this.#lent.add(client);
    const release = (error?: unknown): void => {
      this.#lent.delete(client);
      giveBack(client, error);
    };
    try {
      refuseUnusable(client);
      const origin =
        knownOrigin(client) ?? (await answerWithin(this.#timeoutMs, client, askOrigin));
      this.incarnations.note(origin.incarnation);
      if (this.#needsXactId && origin.whyNoXactId !== undefined) {
        throw new ConnectError(origin.whyNoXactId);
      }
      return { client, origin, release };
    } catch (error) {
      const failure = connectError(error);
      release(failure);
      throw failure;
    }
  }

  /**
   * Lends a connection to `work`, which must end within `connectTimeoutMs`.
   *
   * @throws ConnectError, or the BatchCopyError that `work` throws.
   */
  async use<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    return lend(await this.checkout(), this.#timeoutMs, work);
  }

  /** As {@link use}, but a busy pool is given no more time than connecting. */
  async useSoon<Result>(work: (client: PgClient) => Promise<Result>): Promise<Result> {
    const limits = { ...this.#limits, poolTimeoutMs: this.#timeoutMs };
    return lend(await this.checkout(limits), this.#timeoutMs, work);
  }

  /**
   * As `use`, over an additional connection that is opened for this and closed afterwards: for
   * questions about the connections of the pool. Those may all be busy, or lead to a server that was
   * replaced. If the server accepts no further connection, one of the pool is used.
   *
   * @param openedAfter a time by the clock of `timers.js`: older connections of the pool are not used.
   * Without it, a busy pool is given no more time than connecting: the question may be about a
   * connection that is in use for as long as there is no answer.
   */
  async useNew<Result>(
    work: (client: PgClient) => Promise<Result>,
    openedAfter?: number,
  ): Promise<Result> {
    const client = await openBeside(this.#pool, this.#timeoutMs, this.#ownClients);
    if (client === undefined) {
      const connection = await (openedAfter === undefined
        ? this.checkout({ ...this.#limits, poolTimeoutMs: this.#timeoutMs })
        : this.#newer.checkout(openedAfter));
      return lend(connection, this.#timeoutMs, work);
    }
    try {
      return await answerWithin(this.#timeoutMs, client, work);
    } catch (error) {
      throw connectError(error);
    } finally {
      closeBeside(client, this.#timeoutMs, this.#ownClients);
    }
  }

  /** Whether the client is known to have been opened after this time, by the clock of `timers.js`. */
  isOpenedAfter(time: number, client: PgClient): boolean {
    return this.#ages.isOpenedAfter(time, client, false);
  }

  /** As {@link use}, over a client that is checked out; closes it as well when the signal aborts. */
  ask<Result>(
    client: PgClient,
    work: (client: PgClient) => Promise<Result>,
    signal?: AbortSignal,
  ): Promise<Result> {
    return answerWithin(this.#timeoutMs, client, work, signal);
  }

  /** Rolls back the failed transaction of a client that is checked out. */
  async rollBack(client: PgClient): Promise<void> {
    await answerWithin(this.#timeoutMs, client, () => client.query("ROLLBACK"));
  }

  /**
   * Ends the waits for a client, and closes our own pool when all clients are returned; by force if that
   * takes too long.
   */
  async close(): Promise<void> {
    this.#endCheckOuts();
    if (this.#ownPool === undefined) {
      return;
    }
    const timer = new LoopTimer(this.#timeoutMs, () => this.giveUp());
    await Promise.race([this.#ownPool.end(), this.#givenUp.promise]);
    timer.stop();
  }

  /** Whether nothing may take time any more. */
  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Makes `close` end at once: clients that have not ended, or are checked out, are disconnected. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#endCheckOuts();
    for (const client of new Set([...this.#ownClients, ...this.#lent])) {
      callOut(() => client.connection.stream.destroy());
    }
    this.#givenUp.resolve();
  }

  /** Their timers would keep the process alive. */
  #endCheckOuts(): void {
    this.#checkOuts.forEach((pending) =>
      pending.giveUp(new ConnectError("the connections are being closed")),
    );
  }

  #openPool(settings: ConnectionSettings): Pool {
    const pool = openPool(settings, this.#ownClients);
    // An idle connection was lost: the pool has dropped it already and will open another.
    pool.on("error", noop);
    return pool;
  }

  async #checkOut(limits: PoolLimits): Promise<PgPoolClient> {
    if (this.isEnded) {
      throw poolEndedError();
    }
    const pending = checkOut(this.#pool, limits);
    this.#checkOuts.add(pending);
    try {
      const client = await pending.client;
      this.#ages.note(client);
      return client;
    } catch (error) {
      const { cause } = error as Error;
      this.#wasRefusedAsEnded ||= cause instanceof Error && cause.message === POOL_ENDED;
      throw error;
    } finally {
      this.#checkOuts.delete(pending);
    }
  }
}

function noop(): void {}
