import { createServer, type AddressInfo, type Socket } from "node:net";

/** A server that accepts connections and never says a word. */
export interface SilentServer {
  readonly url: string;
  /** How many connections are open. */
  readonly connections: number;
  close(): Promise<void>;
}

export async function startSilentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    // Otherwise it would not see the end.
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    get connections() {
      return sockets.size;
    },
    url: `postgres://nobody@127.0.0.1:${port}/nothing`,
    async close() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
