import type { PoolClient } from "pg";

import { databaseUrl } from "../../database.js";
import { cutPlan } from "../cut-plan.js";
import type { FaultProxy } from "../fault-proxy.js";
import type { Fault } from "../plan.js";
import type { Stage } from "./stage.js";

/** A port at which nobody listens. */
const NO_SERVER = "postgres://127.0.0.1:1/nowhere";

/** What can stand between a copier and its table. */
export class Obstacles {
  readonly #proxy: FaultProxy;
  readonly #stage: Stage;
  #locker: PoolClient | undefined;
  #isHidden = false;
  #isStalled = false;

  constructor(proxy: FaultProxy, stage: Stage) {
    this.#proxy = proxy;
    this.#stage = stage;
  }

  /** Whether something is in the way that does not go by itself. */
  get areThere(): boolean {
    return this.#isHidden || this.#isStalled || this.#locker !== undefined;
  }

  strike(fault: Fault): void {
    this.#isStalled ||= fault === "stall";
    this.#proxy.strike(fault);
  }

  resume(): void {
    this.#isStalled = false;
    this.#proxy.resume();
  }

  /** Plans how the next connection is cut that will be opened. */
  plan(number: number): void {
    const next = this.#proxy.connections;
    this.#proxy.plan((connection) => (connection === next ? cutPlan(0, number) : undefined));
  }

  /** Connections that are opened from now on find no server. */
  hideServer(): void {
    this.#isHidden = true;
    this.#proxy.pointTo(NO_SERVER);
  }

  showServer(): void {
    this.#isHidden = false;
    this.#proxy.pointTo(databaseUrl);
  }

  /** Locks the table, unless a COPY does not let go of it. */
  async lock(): Promise<void> {
    if (this.#locker !== undefined) {
      return;
    }
    const client = await this.#stage.db.pool.connect();
    try {
      await client.query("BEGIN; SET LOCAL lock_timeout = 20");
      await client.query(`LOCK TABLE ${this.#stage.name}`);
      this.#locker = client;
    } catch {
      await release(client);
    }
  }

  async unlock(): Promise<void> {
    if (this.#locker !== undefined) {
      await release(this.#locker);
      this.#locker = undefined;
    }
  }

  async clear(): Promise<void> {
    this.#proxy.plan(() => undefined);
    this.showServer();
    this.resume();
    await this.unlock();
  }
}

async function release(client: PoolClient): Promise<void> {
  await client.query("ROLLBACK");
  client.release();
}
