import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { giveTo } from "./server-owner.js";
import { failure, launch, type Site } from "./site.js";

const run = promisify(execFile);

/** Creates an empty database cluster. */
export async function initializeCluster(site: Site, password: string): Promise<void> {
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

/** Creates the cluster of a standby: a copy of a primary's that was shut down cleanly. */
export async function copyCluster(from: Site, to: Site): Promise<void> {
  await run("cp", ["-RP", from.dataDir, to.dataDir]);
  await writeFile(join(to.dataDir, "standby.signal"), "");
  await giveTo(to.owner, to.dataDir);
}
