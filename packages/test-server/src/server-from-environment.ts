import { startServer, type ServerOptions } from "./start-server.js";

/** A server to connect to: one of the user's own, or one started for the occasion. */
export interface DatabaseServer {
  readonly url: string;
  /** Whether it was started here, so that its databases and settings are free to use. */
  readonly embedded: boolean;
  /** Stops an embedded server; does nothing to the user's own. */
  stop(): Promise<void>;
}

/** The server that `DATABASE_URL` names, or an embedded one started with `options`. */
export async function serverFromEnvironment(options?: ServerOptions): Promise<DatabaseServer> {
  const url = process.env["DATABASE_URL"];
  if (url) return { url, embedded: false, stop: () => Promise.resolve() };
  const server = await startServer(options);
  return { url: server.url, embedded: true, stop: () => server.stop() };
}
