import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runnableNativeDir } from "./native-binaries.js";
import { serverOwner, type ServerOwner } from "./server-owner.js";
import { Watchdog } from "./watchdog.js";

/** A server's folder, and what it is run with. */
export interface Site {
  readonly folder: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly nativeDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly owner: ServerOwner;
  readonly watchdog: Watchdog;
}

/**
 * Makes a guarded temporary folder, which is removed if `use` fails.
 *
 * @param environment variables of the server in addition to the default ones
 */
export async function withNewSite<Result>(
  { nativeDir, environment }: Pick<Site, "nativeDir" | "environment">,
  use: (site: Site) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "batch-copy-server-"));
  const watchdog = new Watchdog(folder);
  try {
    const owner = await serverOwner();
    // Only data, password and copied binaries belong to the owner, who must be able to reach them.
    await chmod(folder, 0o711);
    return await use({
      folder,
      dataDir: join(folder, "data"),
      logFile: join(folder, "server.log"),
      nativeDir: await runnableNativeDir(nativeDir, folder, owner),
      environment,
      owner,
      watchdog,
    });
  } catch (error) {
    // The reason why it did not start matters more than a failed cleanup.
    await watchdog.end().catch(() => {});
    throw error;
  }
}

/** Runs one of PostgreSQL's programs under the watchdog, with its own log. */
export function launch(site: Site, program: "initdb" | "postgres", args: string[]): ChildProcess {
  const log = openSync(site.logFile, "w", 0o600);
  try {
    const child = spawn(join(site.nativeDir, "bin", program), args, {
      cwd: site.folder,
      // The user's environment (PGPORT, PGOPTIONS, LANG) must not reach the server.
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC", ...site.environment },
      // Detached from the terminal's Ctrl-C, which this process handles.
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

export function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** What went wrong with a program, with its log. */
export async function failure(site: Site, child: ChildProcess, what: string): Promise<Error> {
  const how =
    child.signalCode ?? (child.exitCode === null ? "no exit" : `exit code ${child.exitCode}`);
  return new Error(`${what} (${how}). Its log:\n${await readFile(site.logFile, "utf8")}`);
}
