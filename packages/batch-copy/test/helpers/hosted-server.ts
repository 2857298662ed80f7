import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";

/** As long as `pg_catalog`, in whose place it stands: no length of a message changes. */
const SCHEMA_NAME_LENGTH = "pg_catalog".length;

/** A server on which some functions of pg_catalog are those of another schema. */
export interface HostedServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Stands for a hosted server that keeps functions to itself: a proxy before a real server that calls
 * the functions of a schema instead of those in pg_catalog.
 *
 * @param schema of ten characters
 * @param functions that the schema has instead
 */
export async function startHostedServer(
  url: string,
  schema: string,
  functions: readonly string[],
): Promise<HostedServer> {
  if (schema.length !== SCHEMA_NAME_LENGTH) {
    throw new RangeError(`${schema} must have ${SCHEMA_NAME_LENGTH} characters`);
  }
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = net.createServer((client) => {
    const server = net.connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {}).on("close", () => other.destroy());
    }
    server.on("data", (bytes) => client.write(bytes));
    client.on("data", (bytes) => server.write(rewrite(bytes)));
  });
  function rewrite(bytes: Buffer): Buffer {
    let text = bytes.toString("latin1");
    for (const name of functions) {
      text = text.replaceAll(`pg_catalog.${name}`, `${schema}.${name}`);
    }
    return Buffer.from(text, "latin1");
  }
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const proxied = new URL(url);
  proxied.hostname = "127.0.0.1";
  proxied.port = String((proxy.address() as AddressInfo).port);
  return {
    url: proxied.href,
    async [Symbol.asyncDispose]() {
      proxy.close();
      sockets.forEach((socket) => socket.destroy());
      await once(proxy, "close");
    },
  };
}
