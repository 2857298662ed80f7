import type { TestServer } from "@batch-copy/test-server";

import { FaultProxy } from "../fault/fault-proxy.js";
import { patiently } from "./patiently.js";
import type { Scene } from "./scene.js";
import { takeTransactionIds } from "./take-transaction-ids.js";

/** A hot standby of a scene's server, which streams through a proxy. */
export class Standby implements AsyncDisposable {
  readonly #scene: Scene;
  readonly #primary: TestServer;
  readonly #server: TestServer;
  readonly #stream: FaultProxy;

  /** @param isSynchronous whether commits wait for it */
  static async start(
    scene: Scene,
    { isSynchronous }: { isSynchronous: boolean },
  ): Promise<Standby> {
    const primary = scene.server;
    const stream = await FaultProxy.start(() => undefined, primary.url);
    const server = await primary.startStandby({ port: Number(new URL(stream.url).port) });
    await patiently(async () => {
      const streams = await primary.query(
        "SELECT FROM pg_stat_replication WHERE state = 'streaming'",
      );
      return streams.length === 1;
    }, "the standby streams");
    if (isSynchronous) {
      // Later than the copy, so that the standby does not wait for one in turn.
      await primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
      await primary.query("SELECT pg_reload_conf()");
    }
    return new Standby(scene, primary, server, stream);
  }

  private constructor(scene: Scene, primary: TestServer, server: TestServer, stream: FaultProxy) {
    this.#scene = scene;
    this.#primary = primary;
    this.#server = server;
    this.#stream = stream;
  }

  /** From now on the standby receives nothing more. */
  lag(): void {
    this.#stream.strike("stall");
  }

  /** The primary dies; nobody has taken its place yet. */
  async losePrimary(): Promise<void> {
    await this.#primary.halt("kill");
    await this.#stream.close();
  }

  /** Leaves no standby behind that has not taken over. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stream.close();
    if (this.#scene.server !== this.#server) {
      await this.#server.stop("immediate");
    }
  }

  /** The standby takes the place of the primary, and others write to it first. */
  async takeOver(): Promise<void> {
    await this.#server.query("SELECT pg_promote()");
    await takeTransactionIds(this.#server);
    this.#scene.goOverTo(this.#server);
    // What was held back is lost with the primary.
    this.#scene.proxy.strike("cut");
    await this.#primary.stop();
  }
}
