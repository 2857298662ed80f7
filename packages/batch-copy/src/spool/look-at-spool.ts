import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";
import { firstCreated } from "./first-created.js";
import type { StreamPlace } from "./living-stream.js";
import { lookAtStream, type StreamContent } from "./look-at-stream.js";
import { type FoundStream, survey } from "./survey.js";

/** A stream, whether its owner lives, and what it has. */
export interface SeenStream extends FoundStream {
  readonly createdAt: Date;
  readonly content: StreamContent;
}

/** How often streams are looked for again that were adopted while they were read. */
const LOOKS = 5;

/**
 * Reads all streams in a directory, the oldest first, and changes nothing. A stream that ends meanwhile is left
 * out.
 *
 * @throws the file system's error
 */
export async function lookAtSpool(place: StreamPlace): Promise<readonly SeenStream[]> {
  const { disk } = place;
  const seen: SeenStream[] = [];
  for (let look = 1, missed = 1; missed > 0 && look <= LOOKS; look++) {
    missed = 0;
    for (const found of await survey(place)) {
      // By its name: two directories may have the same stream, one of them from a backup.
      if (seen.every(({ directory }) => directory !== found.directory)) {
        const stream = await see(disk, found);
        if (stream === undefined) {
          missed++;
        } else {
          seen.push(stream);
        }
      }
    }
  }
  // One that was adopted meanwhile may have been seen with both names.
  const left = seen.filter(
    (one) =>
      disk.exists(one.directory) || seen.every(({ id }, i) => id !== one.id || seen[i] === one),
  );
  return left.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** Undefined if it ended, or was adopted, meanwhile. */
async function see(disk: Disk, found: FoundStream): Promise<SeenStream | undefined> {
  const { directory, life } = found;
  try {
    const content = await lookAtStream(disk, directory, life.state === "alive");
    const createdAt = content.createdAt ?? (await firstCreated(disk, directory));
    return createdAt && { ...found, createdAt, content };
  } catch (error) {
    if (hasCode(error, "ENOENT") && !disk.exists(directory)) {
      return undefined;
    }
    throw error;
  }
}
