import { stat } from "node:fs/promises";

import { SpoolError } from "../errors.js";
import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";
import { segmentPath } from "./segment-header.js";
import { segmentNumbers } from "./segment-numbers.js";
import { readStoredSegment } from "./stored-segment.js";

/**
 * When a stream began: what its first segment says, else when its directory was last changed.
 *
 * @returns undefined if the directory is gone
 */
export async function firstCreated(disk: Disk, directory: string): Promise<Date | undefined> {
  try {
    return (await createdAtOf(disk, directory)) ?? (await stat(directory)).mtime;
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

async function createdAtOf(disk: Disk, directory: string): Promise<Date | undefined> {
  const [first] = await segmentNumbers(disk, directory);
  if (first === undefined) {
    return undefined;
  }
  try {
    const { header } = await readStoredSegment(disk, segmentPath(directory, first), first);
    return header && new Date(header.createdAt);
  } catch (error) {
    if (error instanceof SpoolError) {
      // A later version wrote it.
      return undefined;
    }
    throw error;
  }
}
