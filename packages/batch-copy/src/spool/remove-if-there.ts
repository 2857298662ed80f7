import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";

/** Removes a file, unless a former attempt has done so. */
export async function removeIfThere(disk: Disk, path: string): Promise<void> {
  try {
    await disk.remove(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) {
      throw error;
    }
  }
}
