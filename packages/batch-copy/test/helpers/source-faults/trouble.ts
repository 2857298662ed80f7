import { setTimeout as sleep } from "node:timers/promises";

import type { Pool, PoolClient } from "pg";

/** How long a lock is held, and how long not, in milliseconds. */
const HELD_MS = 40;
const FREE_MS = 60;

/** Something that goes on until it is disposed of. */
export class Repeated implements AsyncDisposable {
  #isOver = false;
  readonly #working: Promise<void>;
  #times = 0;

  constructor(work: () => Promise<void>) {
    this.#working = this.#repeat(work);
  }

  /** How many times it happened. */
  get times(): number {
    return this.#times;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#working;
  }

  async #repeat(work: () => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      await work();
      this.#times++;
    }
  }
}

/** Holds locks now and then that transactions of a source wait for. */
export function lockNowAndThen(pool: Pool, statement: string): Repeated {
  return new Repeated(async () => {
    await inTransaction(pool, async (client) => {
      await client.query(statement);
      await sleep(HELD_MS);
    });
    await sleep(FREE_MS);
  });
}

async function inTransaction(
  pool: Pool,
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await work(client);
  } finally {
    await client.query("ROLLBACK");
    client.release();
  }
}
