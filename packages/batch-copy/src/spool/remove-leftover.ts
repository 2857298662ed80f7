import type { Disk } from "./disk.js";
import { removeIfThere } from "./remove-if-there.js";
import type { Segment } from "./segment.js";

/**
 * Removes the files of segments that a rewritten one stands for, as soon as it is durable that it does.
 *
 * @returns whether there were any
 * @throws the file system's error; then it is to be called again
 */
export async function removeLeftover(
  disk: Disk,
  directory: string,
  segment: Segment,
): Promise<boolean> {
  if (segment.leftover.length === 0) {
    return false;
  }
  await disk.syncDirectory(directory);
  for (const { path } of segment.leftover) {
    await removeIfThere(disk, path);
  }
  // Otherwise the power may fail when the rewritten one is removed for good, and these are not.
  await disk.syncDirectory(directory);
  segment.leaveOver([]);
  return true;
}
