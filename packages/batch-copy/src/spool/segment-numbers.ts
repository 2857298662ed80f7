import type { Disk } from "./disk.js";
import { segmentNumber } from "./segment-header.js";

/** The numbers of the segments that a directory has, in order. */
export async function segmentNumbers(disk: Disk, directory: string): Promise<readonly number[]> {
  const names = await disk.list(directory);
  const numbers = names.map(segmentNumber).filter((number) => number !== undefined);
  return numbers.toSorted((a, b) => a - b);
}
