import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { freeName, socketName, streamName, stuckName, type StreamOwner } from "./entry-names.js";
import { hasCode } from "./file-errors.js";
import { LivingStream, type StreamPlace } from "./living-stream.js";
import { openSocket } from "./open-socket.js";
import { removeIfThere } from "./remove-if-there.js";

/**
 * Adopts a stream whose owner is dead. Our socket answers before the directory has our name. Many may try, and
 * one wins, because only one can rename it.
 *
 * @param warn called if there can be no socket
 * @returns undefined if another process was faster
 * @throws the file system's error
 */
export async function adoptStream(
  place: StreamPlace,
  { id, owner: former }: StreamOwner,
  warn: (message: string) => void,
): Promise<LivingStream | undefined> {
  const { disk, directory: parent } = place;
  const from = join(parent, streamName({ id, owner: former }));
  const owner = randomUUID();
  try {
    const socket = await openSocket(disk, from, owner, warn);
    const stream = new LivingStream(place, { id, owner }, socket);
    try {
      await disk.rename(from, stream.directory);
      await disk.syncDirectory(parent);
      await removeTraces(place, stream, former);
    } catch (error) {
      await socket?.close();
      throw error;
    }
    return stream;
  } catch (error) {
    if (hasCode(error, "ENOENT") && !disk.exists(from)) {
      return undefined;
    }
    throw error;
  }
}

async function removeTraces(
  { disk }: StreamPlace,
  { directory }: LivingStream,
  former: string,
): Promise<void> {
  for (const name of [socketName(former), freeName(former), stuckName(former)]) {
    await removeIfThere(disk, join(directory, name));
  }
}
