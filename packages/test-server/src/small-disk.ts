import { execFile } from "node:child_process";
import { mkdir, rm, rmdir, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { giveTo } from "./server-owner.js";
import type { Site } from "./site.js";

const run = promisify(execFile);

/** A file system of a few megabytes, for a tablespace that is to be full. */
export class SmallDisk {
  /** The folder for the tablespace. */
  readonly path: string;
  readonly #filler: string;

  private constructor(path: string) {
    this.path = path;
    this.#filler = join(path, "..", "filler");
  }

  /** Mounts one, which only root may. It is gone with its server, if not before. */
  static async mount({ folder, owner }: Site, bytes: number): Promise<SmallDisk> {
    // The watchdog unmounts what it finds under this name.
    const disk = join(folder, "disk");
    await mkdir(disk);
    await run("mount", ["-t", "tmpfs", "-o", `size=${bytes},mode=755`, "tmpfs", disk]);
    const path = join(disk, "tablespace");
    await mkdir(path, { mode: 0o700 });
    await giveTo(owner, path);
    return new SmallDisk(path);
  }

  /** Leaves no room at all. */
  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    // More than there is: others may take some of it meanwhile.
    await writeFile(this.#filler, Buffer.alloc((bavail + 1) * bsize)).catch(ignoreFull);
  }

  /** Frees what {@link fill} has taken. */
  free(): Promise<void> {
    return rm(this.#filler);
  }

  /** Unmounts it; no tablespace may be there any more. */
  async unmount(): Promise<void> {
    const disk = join(this.path, "..");
    await run("umount", [disk]);
    await rmdir(disk);
  }
}

function ignoreFull(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOSPC") throw error;
}
