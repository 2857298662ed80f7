import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setInterval, setTimeout as sleep } from "node:timers/promises";

import { childrenOf } from "./child-processes.js";
import { freePort } from "./free-port.js";
import { failure, hasExited, launch, type Site } from "./site.js";

/**
 * How a server is stopped: `fast` ends its sessions and writes a checkpoint; `immediate` does not, so
 * that the next start must recover; `kill` sends SIGKILL to all its processes at once.
 */
export type HaltMode = "fast" | "immediate" | "kill";

type Settings = Readonly<Record<string, string>>;

const SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT", kill: "SIGKILL" } as const;

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 60_000;
const START_ATTEMPTS = 20;
const RETRY_DELAY_MS = 50;

/** Temporary problems of a start: a port in use, processes that have not ended yet. */
const PASSING = /Address already in use|pre-existing shared memory block/;

/** The main process of a server. It can be restarted; its port stays. */
export class Postmaster {
  readonly port: number;
  readonly #site: Site;
  readonly #settings: Settings;
  #process: ChildProcess;

  private constructor(site: Site, settings: Settings, port: number, process: ChildProcess) {
    this.#site = site;
    this.#settings = settings;
    this.port = port;
    this.#process = process;
  }

  /** Starts one on a free port; tries another port if that one was taken meanwhile. */
  static start(site: Site, settings: Settings): Promise<Postmaster> {
    return persistently(site, async () => {
      const port = await freePort();
      return new Postmaster(site, settings, port, await runPostgres(site, settings, port));
    });
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined || hasExited(this.#process)) throw new Error("The server is down");
    return pid;
  }

  /** Ends the server, if it runs. */
  async halt(mode: HaltMode): Promise<void> {
    const postmaster = this.#process;
    if (hasExited(postmaster)) return;
    const children = mode === "kill" ? childrenOf(this.pid) : [];
    postmaster.ref();
    postmaster.kill(SIGNALS[mode]);
    children.forEach(killIfThere);
    const impatience = setTimeout(() => postmaster.kill("SIGQUIT"), STOP_TIMEOUT_MS);
    await once(postmaster, "exit");
    clearTimeout(impatience);
  }

  /** Starts the server again. */
  async resume(): Promise<void> {
    if (!hasExited(this.#process)) throw new Error("The server runs already");
    this.#process = await persistently(this.#site, () =>
      runPostgres(this.#site, this.#settings, this.port),
    );
  }
}

async function persistently<Result>(site: Site, start: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      const log = await readFile(site.logFile, "utf8");
      if (attempt === START_ATTEMPTS || !PASSING.test(log)) throw error;
      await sleep(RETRY_DELAY_MS);
    }
  }
}

async function runPostgres(site: Site, settings: Settings, port: number): Promise<ChildProcess> {
  const all = {
    ...settings,
    port: `${port}`,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
  };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const postmaster = launch(site, "postgres", ["-D", site.dataDir, ...flags]);
  await untilReady(site, postmaster);
  postmaster.unref();
  return postmaster;
}

async function untilReady(site: Site, postmaster: ChildProcess): Promise<void> {
  await once(postmaster, "spawn");
  const deadline = Date.now() + START_TIMEOUT_MS;
  for await (const _ of setInterval(10)) {
    if (hasExited(postmaster)) throw await failure(site, postmaster, "PostgreSQL did not start");
    if (await isReady(site.dataDir, postmaster)) return;
    if (Date.now() > deadline) throw await failure(site, postmaster, "PostgreSQL is not ready");
  }
}

/**
 * The postmaster keeps its id in the first line of its pid file, and its state in the eighth
 * (miscinit.c). One that was killed leaves the file behind.
 */
async function isReady(dataDir: string, { pid }: ChildProcess): Promise<boolean> {
  const pidFile = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  const lines = pidFile.split("\n").map((line) => line.trim());
  return lines[0] === `${pid}` && lines[7] === "ready";
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
