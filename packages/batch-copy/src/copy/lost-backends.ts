import { clearTimeout, setTimeout } from "../timers.js";
import type { LostBackend } from "../transaction/guard.js";
import { endBackend } from "./backend.js";
import type { Connections } from "./connections.js";

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;

/**
 * Terminates backends whose client is gone, because the server may not notice. A backend that waits for
 * a lock, or is busy otherwise, is left alone until it waits for its client: it would do that forever,
 * with its locks and uncommitted keys.
 */
export class LostBackends {
  readonly #connections: Connections;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Terminates the backend now, or as soon as it is not busy. Resolves after the first attempt. */
  async end(backend: LostBackend): Promise<void> {
    await this.#try(backend, FIRST_DELAY_MS);
  }

  /** Stops: backends that still exist are left alone. */
  stop(): void {
    this.#isStopped = true;
    this.#timers.forEach((timer) => clearTimeout(timer));
  }

  async #try(backend: LostBackend, delayMs: number): Promise<void> {
    if (this.#isStopped || (await this.#isEnded(backend)) || this.#isStopped) {
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#try(backend, Math.min(2 * delayMs, MAX_DELAY_MS));
    }, delayMs);
    // It must not keep the process alive.
    timer.unref();
    this.#timers.add(timer);
  }

  async #isEnded(backend: LostBackend): Promise<boolean> {
    try {
      return await this.#connections.useNew((client) => endBackend(client, backend));
    } catch {
      return false;
    }
  }
}
