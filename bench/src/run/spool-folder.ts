import { mkdtemp, readdir, readFile, rm, stat, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { tuplesOf } from "../contenders/copy-tuples.js";
import type { BenchDatabase } from "./bench-database.js";

/** By the numbers of statfs(2). */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0xef53, "ext4"],
  [0x58465342, "XFS"],
  [0x9123683e, "Btrfs"],
  [0x2fc12fc1, "ZFS"],
  [0xf2f52010, "F2FS"],
  [0x794c7630, "overlayfs"],
]);
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Spools keep there what they know of tables. */
const KNOWN_TABLES = ".tables";

/** What the spool is written to. */
export interface SpoolDisk {
  readonly fileSystem: string;
  /** Whether the server's data is on the same one; undefined if that is not known. */
  readonly isServers?: boolean;
}

/** A temporary folder for the spools of all runs. Each run must leave no rows in it. */
export class SpoolFolder {
  readonly path: string;
  readonly disk: SpoolDisk;

  private constructor(path: string, disk: SpoolDisk) {
    this.path = path;
    this.disk = disk;
  }

  /**
   * Creates it where the temporary server's folder is, too.
   *
   * @throws Error if that is in memory: nothing would be written there
   */
  static async create(database: BenchDatabase): Promise<SpoolFolder> {
    const path = await mkdtemp(join(tmpdir(), "batch-copy-spool-"));
    try {
      return new SpoolFolder(path, await diskOf(path, database));
    } catch (error) {
      await rm(path, { recursive: true });
      throw error;
    }
  }

  /** @throws Error if a run has left something, except for what is known of tables */
  async verifyEmpty(): Promise<void> {
    const names = (await readdir(this.path)).filter((name) => name !== KNOWN_TABLES);
    if (names.length > 0) {
      throw new Error(`the spool's directory still has ${names.join(", ")}`);
    }
  }

  /**
   * Compares the only file with the tuples of a ready one, and removes it.
   *
   * @throws Error if they differ
   */
  async verifyAppended(ready: string): Promise<void> {
    const path = join(this.path, "appended");
    const expected = tuplesOf(await readFile(ready));
    if (!expected.equals(await readFile(path))) {
      throw new Error("the file that was appended to has other bytes than were to be written");
    }
    await rm(path);
    await this.verifyEmpty();
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

async function diskOf(path: string, database: BenchDatabase): Promise<SpoolDisk> {
  const type = (await statfs(path)).type >>> 0;
  if (process.platform === "linux" && IN_MEMORY.has(type)) {
    throw new Error(`${path} is in memory: set TMPDIR to a folder on the server's disk`);
  }
  const fileSystem = FILE_SYSTEMS.get(type) ?? `file system 0x${type.toString(16)}`;
  const data = await dataDirectoryOf(database);
  const isServers = data === undefined ? undefined : await isSameDisk(path, data);
  return { fileSystem, ...(isServers !== undefined && { isServers }) };
}

/** Undefined if this role may not know it. */
async function dataDirectoryOf({ client }: BenchDatabase): Promise<string | undefined> {
  const { rows } = await client.query<{ setting: string }>(
    "SELECT setting FROM pg_settings WHERE name = 'data_directory'",
  );
  return rows[0]?.setting;
}

/** Undefined if the server is on another machine, or hides its folder. */
async function isSameDisk(path: string, other: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).dev === (await stat(other)).dev;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EACCES") return undefined;
    throw error;
  }
}
