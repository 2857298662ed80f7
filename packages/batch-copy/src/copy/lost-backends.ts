import { clearTimeout, setTimeout } from "../timers.js";
import { endBackend } from "./backend.js";
import type { Connections } from "./connections.js";
import type { LostBackend } from "./outcome.js";

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 30_000;

/**
 * Sees to it that backends end whose client is gone, also where the server does not notice. One that
 * waits for a lock, or is at work otherwise, is left alone; afterwards it would wait for its client
 * for ever, with its locks and uncommitted keys.
 */
export class LostBackends {
  readonly #connections: Connections;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Ends it now, or else as soon as it has nothing to do any more. Resolves after the first try. */
  async end(backend: LostBackend): Promise<void> {
    await this.#try(backend, FIRST_DELAY_MS);
  }

  /** Leaves to themselves those that are still there. */
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
    // It is no reason for the process to stay.
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
