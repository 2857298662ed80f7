import { join } from "node:path";

import { adoptStream } from "./adopt.js";
import { damagedName } from "./entry-names.js";
import { hasCode } from "./file-errors.js";
import type { LivingStream, StreamPlace } from "./living-stream.js";
import { lookAtStream } from "./look-at-stream.js";
import { type MendedStream, StreamMender } from "./mend-stream.js";
import type { FoundStream } from "./survey.js";

/** What became of a stream: it was taken over and mended, it needed nothing, or why it was left alone. */
export type Mending =
  | { readonly did: "mend"; readonly mended: MendedStream }
  | { readonly did: "nothing" }
  | { readonly did: "skip"; readonly reason: string };

/**
 * Mends a stream whose owner is dead, and lets go of it, so that it can be adopted. Whoever looks for dead
 * streams takes it for another one, because it has another owner.
 *
 * @param adopt whether to take over also a stream of which nobody knows whether its owner lives
 * @param warn called if there can be no socket
 * @throws the file system's error, SpoolError or SpoolCorruptError if it cannot be mended
 */
export async function mendStream(
  place: StreamPlace,
  stream: FoundStream,
  adopt: boolean,
  warn: (message: string) => void,
): Promise<Mending> {
  const { life, directory } = stream;
  if (life.state === "alive") {
    return { did: "skip", reason: "its process lives" };
  }
  if (life.state === "stuck" && !life.isLeft && !adopt) {
    return { did: "skip", reason: life.reason };
  }
  if (life.state === "dead" && (await needsNothing(place, directory))) {
    return { did: "nothing" };
  }
  const taken = await adoptStream(place, stream, warn);
  if (taken === undefined) {
    return { did: "skip", reason: "another process has just adopted it" };
  }
  return { did: "mend", mended: await mendTaken(place, taken) };
}

async function needsNothing({ disk }: StreamPlace, directory: string): Promise<boolean> {
  try {
    const { damage } = await lookAtStream(disk, directory, false);
    return damage === undefined;
  } catch (error) {
    if (hasCode(error, "ENOENT") && !disk.exists(directory)) {
      // It was adopted, or removed.
      return true;
    }
    throw error;
  }
}

async function mendTaken(place: StreamPlace, stream: LivingStream): Promise<MendedStream> {
  const { disk, directory } = place;
  const { id } = stream;
  const asideOf = (segment: number): string => freePath(place, damagedName(id, segment));
  try {
    const mended = await new StreamMender(disk, stream.directory, id, asideOf).mend();
    await disk.syncDirectory(directory);
    await stream.leave();
    return mended;
  } catch (error) {
    await stream.leave((error as Error).message);
    throw error;
  }
}

/** The path of this name, or of a numbered one: what was moved aside before is kept. */
function freePath({ disk, directory }: StreamPlace, name: string): string {
  let path = join(directory, name);
  for (let copy = 2; disk.exists(path); copy++) {
    path = join(directory, `${name}.${copy}`);
  }
  return path;
}
