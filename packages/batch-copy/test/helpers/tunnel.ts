import { Socket } from "node:net";
import { Duplex } from "node:stream";

/** A stream to a server that is no socket, as those through SSH: it has no more than pg's Connection needs. */
export class Tunnel extends Duplex {
  readonly #socket = new Socket();

  constructor() {
    super();
    this.#socket.on("data", (data) => this.push(data));
    this.#socket.on("end", () => this.push(null));
    this.#socket.on("error", (error) => this.destroy(error));
  }

  connect(port: number, host: string): void {
    this.#socket.connect(port, host, () => this.emit("connect"));
  }

  setNoDelay(): void {}

  setKeepAlive(): void {}

  override _read(): void {}

  override _write(data: Uint8Array, _: string, callback: (error?: Error | null) => void): void {
    this.#socket.write(data, callback);
  }

  override _final(callback: () => void): void {
    this.#socket.end(callback);
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#socket.destroy();
    callback(error);
  }
}
