import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { measureRoundTrip } from "./round-trip.js";

/** In front of which server, and by how much everything is delayed. */
export interface ProxyData {
  readonly databaseUrl: string;
  readonly roundTripMs: number;
}

/**
 * A proxy that delays everything by fractions of a millisecond, in a thread of its own. It is for one
 * call at a time: while bytes are on their way, it occupies a core.
 */
export class PreciseProxy {
  /** The URL of the database, through the proxy. */
  readonly url: string;
  readonly #thread: Worker;

  private constructor(url: string, thread: Worker) {
    this.url = url;
    this.#thread = thread;
  }

  /** Adds `roundTripMs` to each round trip, the proxy's own work included, which is measured first. */
  static async open(databaseUrl: string, roundTripMs: number): Promise<PreciseProxy> {
    const idle = await PreciseProxy.#start({ databaseUrl, roundTripMs: 0 });
    const ownMs = (await measureRoundTrip(idle.url)) - (await measureRoundTrip(databaseUrl));
    await idle.close();
    return PreciseProxy.#start({ databaseUrl, roundTripMs: Math.max(0, roundTripMs - ownMs) });
  }

  async close(): Promise<void> {
    await this.#thread.terminate();
  }

  static async #start(workerData: ProxyData): Promise<PreciseProxy> {
    const thread = new Worker(new URL("precise-proxy-thread.js", import.meta.url), { workerData });
    const [url] = (await once(thread, "message")) as [string];
    return new PreciseProxy(url, thread);
  }
}
