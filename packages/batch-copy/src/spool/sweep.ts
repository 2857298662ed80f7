import { join } from "node:path";

import { askSocket } from "./alive-socket.js";
import type { Disk } from "./disk.js";
import { isDoneName, isNewName, ownerOfSocket, streamOfDone } from "./entry-names.js";
import { hasCode } from "./file-errors.js";
import type { StreamPlace } from "./living-stream.js";
import { removeTree } from "./remove-tree.js";

/**
 * Removes what processes left that were killed while they set up a stream or took one down.
 *
 * @throws the file system's error
 */
export async function sweep(place: StreamPlace): Promise<void> {
  const { directory } = place;
  for (const name of await place.disk.list(directory)) {
    const path = join(directory, name);
    if (isDoneName(name)) {
      await sweepDone(place, path, name);
    } else if (isNewName(name)) {
      await sweepNew(place, path);
    }
  }
}

/** What others must forget first stays until the next look. */
async function sweepDone({ disk, forget }: StreamPlace, path: string, name: string): Promise<void> {
  const isForgotten = await forget?.(streamOfDone(name)).then(
    () => true,
    () => false,
  );
  if (isForgotten !== false) {
    await removeTree(disk, path);
  }
}

async function sweepNew({ disk, remote }: StreamPlace, path: string): Promise<void> {
  const names = await namesIfThere(disk, path);
  const owners = names.map(ownerOfSocket).filter((owner) => owner !== undefined);
  if (names.length === 0) {
    // Its process may live: then it makes another one.
    await removeEmpty(disk, path);
  } else if (owners.length > 0 && remote === undefined) {
    const answers = await Promise.all(owners.map((owner) => askSocket(path, owner)));
    if (answers.every((answer) => answer === "refuses")) {
      await removeTree(disk, path);
    }
  }
}

async function namesIfThere(disk: Disk, path: string): Promise<readonly string[]> {
  try {
    return await disk.list(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return [];
    }
    throw error;
  }
}

async function removeEmpty(disk: Disk, path: string): Promise<void> {
  try {
    await disk.removeDirectory(path);
  } catch (error) {
    if (!hasCode(error, "ENOENT") && !hasCode(error, "ENOTEMPTY")) {
      throw error;
    }
  }
}
