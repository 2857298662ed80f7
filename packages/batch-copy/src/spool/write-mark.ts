import { join } from "node:path";

import type { Disk } from "./disk.js";
import { diskFull } from "./file-errors.js";
import { removeIfThere } from "./remove-if-there.js";

/** Writes a file whose content and place are durable when this resolves. */
export async function writeMark(
  disk: Disk,
  directory: string,
  name: string,
  text: string,
): Promise<void> {
  const path = join(directory, name);
  const bytes = Buffer.from(text);
  await removeIfThere(disk, path);
  const file = await disk.create(path);
  try {
    const written = bytes.length === 0 ? 0 : await file.writeDurably([bytes], 0);
    if (written < bytes.length) {
      throw diskFull(path);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.syncDirectory(directory);
}
