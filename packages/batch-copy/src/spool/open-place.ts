import { access, constants, mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { SpoolError } from "../errors.js";
import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";
import { remoteReason } from "./file-system.js";
import type { StreamPlace } from "./living-stream.js";

/**
 * Makes the directory of a spool if it does not exist, durably, and checks that this process can write to it.
 *
 * @throws SpoolError that names the directory
 */
export async function openPlace(path: string, disk: Disk): Promise<StreamPlace> {
  const directory = resolve(path);
  try {
    await makeDurably(directory, disk);
    return await placeOf(directory, disk, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw cannotUse(directory, error as Error);
  }
}

/**
 * The directory of a spool that exists.
 *
 * @throws SpoolError that names the directory
 */
export async function findPlace(path: string, disk: Disk, mode: number): Promise<StreamPlace> {
  const directory = resolve(path);
  try {
    return await placeOf(directory, disk, mode);
  } catch (error) {
    throw cannotUse(directory, error as Error);
  }
}

async function placeOf(directory: string, disk: Disk, mode: number): Promise<StreamPlace> {
  if (!(await stat(directory)).isDirectory()) {
    throw new Error("it is not a directory");
  }
  await access(directory, mode);
  return { disk, directory, remote: await remoteReason(directory) };
}

function cannotUse(directory: string, error: Error): SpoolError {
  return new SpoolError(`cannot use the spool directory ${directory}: ${error.message}`, {
    cause: error,
  });
}

/** A directory is durable when the one that names it is synced, and so on for all that were made. */
async function makeDurably(directory: string, disk: Disk): Promise<void> {
  const first = await makeUnlessThere(directory);
  let made = directory;
  while (made !== (first ?? directory)) {
    await disk.syncDirectory(dirname(made));
    made = dirname(made);
  }
  await syncIfAllowed(dirname(made), disk);
}

/** The first directory that was made. */
async function makeUnlessThere(directory: string): Promise<string | undefined> {
  try {
    return await mkdir(directory, { recursive: true });
  } catch (error) {
    // A file is told by its kind afterwards.
    if (hasCode(error, "EEXIST")) {
      return undefined;
    }
    throw error;
  }
}

/** A directory that others have made may be in one that this process must not read. */
async function syncIfAllowed(directory: string, disk: Disk): Promise<void> {
  try {
    await disk.syncDirectory(directory);
  } catch (error) {
    if (!hasCode(error, "EACCES") && !hasCode(error, "EPERM")) {
      throw error;
    }
  }
}
