import { execFile } from "node:child_process";
import { mkdir, rm, rmdir, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { giveTo } from "./server-owner.js";
import type { Site } from "./site.js";

const run = promisify(execFile);

/** A file system of a few megabytes, for tests with a full tablespace. */
export class SmallDisk {
  /** The folder for the tablespace. */
  readonly path: string;
  readonly #filler: string;

  private constructor(path: string) {
    this.path = path;
    this.#filler = join(path, "..", "filler");
  }

  /** Mounts one; only root can. It is unmounted with its server at the latest. */
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

  /** Fills the file system completely. */
  async fill(): Promise<void> {
    const { bavail, bsize } = await statfs(this.path);
    // One block more than is free, so that none is left.
    await writeFile(this.#filler, Buffer.alloc((bavail + 1) * bsize)).catch(ignoreFull);
  }

  /** Frees the space that {@link fill} took. */
  free(): Promise<void> {
    return rm(this.#filler);
  }

  /** Unmounts it; it must not hold a tablespace any more. */
  async unmount(): Promise<void> {
    const disk = join(this.path, "..");
    await run("umount", [disk]);
    await rmdir(disk);
  }
}

function ignoreFull(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOSPC") throw error;
}
