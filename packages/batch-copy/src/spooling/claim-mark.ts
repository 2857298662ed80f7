import { join } from "node:path";

import type { Disk } from "../spool/disk.js";

/**
 * Notes in the directory of a stream, durably, that the ledger has the source of a table. If the ledger has it
 * not any more when the stream is read again, somebody has removed it.
 */
export async function writeClaimMark(disk: Disk, directory: string, table: number): Promise<void> {
  const file = await disk.create(markPath(directory, table));
  await file.close();
  await disk.syncDirectory(directory);
}

/** Whether that was noted. */
export function isMarkedAsClaimed(disk: Disk, directory: string, table: number): boolean {
  return disk.exists(markPath(directory, table));
}

function markPath(directory: string, table: number): string {
  return join(directory, `claimed-${table}`);
}
