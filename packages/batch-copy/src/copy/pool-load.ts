import { now } from "../timers.js";
import type { PgClient, PgClientSource, PgPool } from "./driver.js";
import { onePerPool } from "./one-per-pool.js";

/** What a pg.Pool shows of itself. A pool that wraps one may show nothing. */
interface PoolCounts extends PgClientSource {
  readonly totalCount?: unknown;
  readonly idleCount?: unknown;
  readonly ending?: unknown;
  readonly ended?: unknown;
  readonly on?: unknown;
}

/**
 * How busy a pool is, according to its counts and its events (`acquire` and `release` of a pg.Pool).
 * Its counts alone do not suffice: a client that is still connecting counts like one in use.
 */
export class PoolLoad {
  readonly #pool: PoolCounts;
  readonly #lent = new Set<PgClient>();
  /** The clients that were in use, as far as is known, before we listened. */
  #lentBefore = 0;
  #hasEvents = false;
  #lentAt = -Infinity;

  /** The object of a pool. */
  static readonly of: (pool: PgPool) => PoolLoad = onePerPool((pool) => new PoolLoad(pool));

  private constructor(pool: PgPool) {
    this.#pool = pool as PoolCounts;
    const { on } = this.#pool;
    if (typeof on !== "function") {
      return;
    }
    this.#hasEvents = true;
    this.#lentBefore = this.total - this.#idle;
    on.call(pool, "acquire", (client: PgClient) => {
      this.#lent.add(client);
      this.#lentAt = now();
    });
    on.call(pool, "release", (_: unknown, client: PgClient) => {
      if (!this.#lent.delete(client)) {
        this.#lentBefore--;
      }
    });
  }

  /** The most clients that the pool opens, if it says so. */
  get max(): number | undefined {
    const max: unknown = this.#pool.options?.max;
    return Number.isInteger(max) && (max as number) >= 1 ? (max as number) : undefined;
  }

  /** Whether `end()` was called, so that the pool never lends a client again. */
  get isEnded(): boolean {
    return this.#pool.ending === true || this.#pool.ended === true;
  }

  /** How many clients the pool has, connecting ones included; 0 if it does not say. */
  get total(): number {
    return countOf(this.#pool.totalCount);
  }

  get #idle(): number {
    return countOf(this.#pool.idleCount);
  }

  /** Whether a client must be returned, or lost, before the pool can lend another one. */
  get isFull(): boolean {
    return this.total >= (this.max ?? Infinity) && this.#idle === 0;
  }

  /**
   * Whether waiting for a client makes sense: the pool is full of clients of which some are in use, or
   * has lent one after that time, so that it can connect.
   *
   * @param time by the clock of `timers.js`
   */
  isAtWork(time: number): boolean {
    const isShown = this.max !== undefined && this.total > 0;
    return isShown && (this.#lentAt > time || (this.isFull && this.#isLending));
  }

  get #isLending(): boolean {
    // What was connecting when we began to listen, and failed, was not in use.
    const unknown = Math.max(0, this.total - this.#idle - this.#lent.size);
    this.#lentBefore = Math.min(Math.max(0, this.#lentBefore), unknown);
    return !this.#hasEvents || this.#lent.size + this.#lentBefore > 0;
  }
}

function countOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
