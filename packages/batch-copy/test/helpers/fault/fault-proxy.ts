import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

import type { Pool } from "pg";

import { databaseUrl } from "../database.js";
import { eventually } from "../eventually.js";
import type { Edge } from "./message-edges.js";
import type { Phase } from "./phase.js";
import type { Direction, Fault, Plan } from "./plan.js";
import { ProxyConnection, type FaultRecord } from "./proxy-connection.js";

/** The plan of a connection, by its number, from 0. */
type Planner = (connection: number) => Plan | undefined;

/** A way to the server on which a test decides what is lost, late or cut off. */
export class FaultProxy {
  /** As the server's, but through the proxy, and with an application name of its own. */
  readonly url: string;
  readonly #name = `proxied_${randomUUID()}`;
  /** What has happened, in order. */
  readonly faults: FaultRecord[] = [];
  readonly #server: Server;
  readonly #open = new Set<ProxyConnection>();
  readonly #messages = new Map<string, number>();
  #target: URL;
  #planner: Planner;
  #connections = 0;
  #bytesOfClosed = 0;
  #closed: Promise<void> | undefined;

  /** @param planner says what befalls each connection; without one nothing does */
  static async start(planner: Planner = () => undefined, url = databaseUrl): Promise<FaultProxy> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FaultProxy(server, planner, url);
  }

  private constructor(server: Server, planner: Planner, target: string) {
    this.#server = server;
    this.#planner = planner;
    this.#target = new URL(target);
    const url = new URL(target);
    url.hostname = "127.0.0.1";
    url.port = String((server.address() as AddressInfo).port);
    url.searchParams.set("application_name", this.#name);
    this.url = url.href;
    server.on("connection", (client) => this.#accept(client));
  }

  /** How many connections there were. */
  get connections(): number {
    return this.#connections;
  }

  /** What the open connections are about. */
  get phases(): Phase[] {
    return [...this.#open].map(({ phase }) => phase);
  }

  /** Bytes that came from clients. */
  get sentBytes(): number {
    let bytes = this.#bytesOfClosed;
    for (const connection of this.#open) {
      bytes += connection.sentBytes;
    }
    return bytes;
  }

  /** How many messages of this type there were: `messages("toServer", "c")` counts CopyDone. */
  messages(direction: Direction, type: string): number {
    return this.#messages.get(direction + type) ?? 0;
  }

  /** Sends connections that are opened from now on to another server. */
  pointTo(url: string): void {
    this.#target = new URL(url);
  }

  /** Plans for connections that are opened from now on. */
  plan(planner: Planner): void {
    this.#planner = planner;
  }

  /** Lets a fault happen now to the open connections, or to those that `isMeant`. */
  strike(fault: Fault, isMeant: (connection: ProxyConnection) => boolean = () => true): void {
    for (const connection of this.#open) {
      if (isMeant(connection)) {
        connection.strike(fault);
      }
    }
  }

  /** Lets what is stalled or abandoned go on. */
  resume(): void {
    for (const connection of this.#open) {
      connection.resume();
    }
  }

  /** Resolves when no backend is left of those that the proxy has led to. */
  async untilServerHasNoticed(pool: Pool): Promise<void> {
    await eventually(async () => {
      const { rowCount } = await pool.query(
        "SELECT FROM pg_stat_activity WHERE application_name = $1",
        [this.#name],
      );
      return rowCount === 0;
    }, "the server has noticed that the connections are gone");
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    for (const connection of this.#open) {
      connection.destroy();
    }
    this.#server.close();
    await once(this.#server, "close");
  }

  #accept(client: Socket): void {
    const plan = this.#planner(this.#connections++) ?? {};
    const { hostname, port } = this.#target;
    const server = connect({ host: hostname, port: Number(port || 5432), allowHalfOpen: true });
    const connection = new ProxyConnection(client, server, plan, {
      onSent: (edge, direction) => this.#count(edge, direction),
      onFault: (fault) => this.faults.push(fault),
    });
    this.#open.add(connection);
    void connection.run().then(() => {
      this.#open.delete(connection);
      this.#bytesOfClosed += connection.sentBytes;
    });
  }

  #count({ side, type }: Edge, direction: Direction): void {
    if (side === "after") {
      const key = direction + type;
      this.#messages.set(key, (this.#messages.get(key) ?? 0) + 1);
    }
  }
}
