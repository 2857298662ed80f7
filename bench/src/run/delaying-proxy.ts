import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Bytes that may be in flight; beyond that the sender waits. */
const MOST_BYTES_UNDERWAY = 32 * 2 ** 20;

/** Calls back after the delay; calls of the same delay keep their order. */
export type Later = (delayMs: number, what: () => void) => void;

/** A proxy that delays everything by half a round trip in each direction. */
export class DelayingProxy {
  readonly #server: Server;
  readonly #later: Later;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, later: Later) {
    this.#server = server;
    this.#later = later;
  }

  /**
   * Listens on a free port of this machine, in front of the server that the URL names. By default,
   * delays are whole milliseconds, as Node's timers are.
   */
  static async open(
    databaseUrl: string,
    roundTripMs: number,
    later: Later = laterByTimer,
  ): Promise<DelayingProxy> {
    const { hostname, port } = new URL(databaseUrl);
    const server = createServer({ noDelay: true });
    const proxy = new DelayingProxy(server, later);
    server.on("connection", (client) => {
      const upstream = connect({ host: hostname, port: Number(port || 5432), noDelay: true });
      proxy.#join(client, upstream, roundTripMs / 2);
      proxy.#join(upstream, client, roundTripMs / 2);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** The URL of the same database, through the proxy. */
  urlFor(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = "127.0.0.1";
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(from: Socket, to: Socket, delayMs: number): void {
    let underway = 0;
    this.#sockets.add(from);
    from.on("data", (bytes) => {
      underway += bytes.length;
      if (underway > MOST_BYTES_UNDERWAY) from.pause();
      this.#later(delayMs, () => {
        to.write(bytes);
        underway -= bytes.length;
        from.resume();
      });
    });
    from.on("end", () => this.#later(delayMs, () => to.end()));
    from.on("error", () => to.destroy());
    from.on("close", () => this.#sockets.delete(from));
  }
}

/** Timers of the same length fire in the order in which they were set. */
function laterByTimer(delayMs: number, what: () => void): void {
  if (delayMs === 0) what();
  else setTimeout(what, delayMs);
}
