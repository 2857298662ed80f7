import { startServer, type ServerOptions } from "./start-server.js";

/** A server to connect to: the user's, or a temporary one. */
export interface DatabaseServer {
  readonly url: string;
  /** Whether it was started here, so that its databases and settings may be changed. */
  readonly embedded: boolean;
  /** Stops a temporary server; does nothing to the user's. */
  stop(): Promise<void>;
}

/** The server that `DATABASE_URL` names, or a temporary one started with `options`. */
export async function serverFromEnvironment(options?: ServerOptions): Promise<DatabaseServer> {
  const url = process.env["DATABASE_URL"];
  if (url) return { url, embedded: false, stop: () => Promise.resolve() };
  const server = await startServer(options);
  return { url: server.url, embedded: true, stop: () => server.stop() };
}
