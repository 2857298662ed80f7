import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import { databaseUrl } from "./database.js";

/** A way to the server that a test can stop. */
export interface Proxy {
  readonly url: string;
  /** Bytes that went to the server. */
  sentBytes(): number;
  /** Passes on nothing more of what the server says once it has said this. */
  silenceAfter(text: string): void;
  /** Reads nothing more of the next connection once so many more bytes went to the server. */
  stallAfter(bytes: number): void;
  close(): Promise<void>;
}

export async function startProxy(): Promise<Proxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let last: string | undefined;
  let sent = 0;
  let stallAt = Infinity;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    let isSilent = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    client.on("data", (data) => {
      sent += data.length;
      upstream.write(data);
      if (sent >= stallAt) {
        stallAt = Infinity;
        client.pause();
      }
    });
    upstream.on("data", (data) => {
      if (!isSilent) {
        client.write(data);
      }
      isSilent ||= last !== undefined && data.includes(last);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    sentBytes: () => sent,
    silenceAfter(text) {
      last = text;
    },
    stallAfter(bytes) {
      stallAt = sent + bytes;
    },
    async close() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
