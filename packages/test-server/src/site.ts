import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdtempSync, openSync } from "node:fs";
import { chmod, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runnableNativeDir } from "./native-binaries.js";
import { serverOwner, type ServerOwner } from "./server-owner.js";
import { Watchdog } from "./watchdog.js";

/** Where a server lives and what it is run with. */
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
 * Makes a guarded temporary folder, which is gone again if `use` fails.
 *
 * @param environment variables that the server has besides ours
 */
export async function withNewSite<Result>(
  { nativeDir, environment }: Pick<Site, "nativeDir" | "environment">,
  use: (site: Site) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "batch-copy-server-"));
  const watchdog = new Watchdog(folder);
  try {
    const owner = await serverOwner();
    // Only data, password and copied binaries are the owner's, who has to reach them.
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
    // Why it did not start matters more than what could not be cleaned up.
    await watchdog.end().catch(() => {});
    throw error;
  }
}

/** Runs one of PostgreSQL's programs, watched, with a log of its own. */
export function launch(site: Site, program: "initdb" | "postgres", args: string[]): ChildProcess {
  const log = openSync(site.logFile, "w", 0o600);
  try {
    const child = spawn(join(site.nativeDir, "bin", program), args, {
      cwd: site.folder,
      // Nothing of the user's environment (PGPORT, PGOPTIONS, LANG) may reach the server.
      env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC", ...site.environment },
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

export function hasExited({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** What went wrong with a program, with its log. */
export async function failure(site: Site, child: ChildProcess, what: string): Promise<Error> {
  const how =
    child.signalCode ?? (child.exitCode === null ? "no exit" : `exit code ${child.exitCode}`);
  return new Error(`${what} (${how}). Its log:\n${await readFile(site.logFile, "utf8")}`);
}
