import { join } from "node:path";

import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";
import { removeIfThere } from "./remove-if-there.js";

/** Removals of a directory that is not empty are tried so often: a process that lost a race leaves a socket. */
const REMOVALS = 3;

/** Removes a directory with all files in it, unless it is gone. */
export async function removeTree(disk: Disk, directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      for (const name of await disk.list(directory)) {
        await removeIfThere(disk, join(directory, name));
      }
      await disk.removeDirectory(directory);
      return;
    } catch (error) {
      if (hasCode(error, "ENOENT")) {
        return;
      }
      if (attempt === REMOVALS || !hasCode(error, "ENOTEMPTY")) {
        throw error;
      }
    }
  }
}
