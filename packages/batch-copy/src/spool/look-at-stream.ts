import { SpoolCorruptError } from "../errors.js";
import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";
import { PinnedFiles } from "./pinned-files.js";
import { segmentPath } from "./segment-header.js";
import { segmentNumbers } from "./segment-numbers.js";
import { StoredStream, type TableExtent } from "./stored-stream.js";

/** A stream as it is on disk. */
export interface StreamContent {
  /** The number of its segments. */
  readonly segments: number;
  readonly bytes: number;
  /** When the first one began; undefined if there is none, or damage. */
  readonly createdAt: Date | undefined;
  /** Without any if it is damaged. */
  readonly tables: readonly TableContent[];
  readonly damage: SpoolCorruptError | undefined;
}

/** What a stream has of a table. */
interface TableContent extends Omit<TableExtent, "forms"> {
  /** Its qualified name, quoted. */
  readonly name: string;
  /** When the segment began that has its first row. */
  readonly since: Date;
}

/** How often a stream is looked at again that its owner changes meanwhile. */
const LOOKS = 100;

/**
 * Reads a stream and changes nothing.
 *
 * @param isAlive whether its owner may write and remove segments meanwhile
 * @throws the file system's error: ENOENT if the directory is gone
 */
export async function lookAtStream(
  disk: Disk,
  directory: string,
  isAlive: boolean,
): Promise<StreamContent> {
  for (let look = 1; ; look++) {
    const pinned = new PinnedFiles(disk);
    try {
      const content = await readContent(pinned.disk, directory);
      if (content.damage === undefined || !isAlive || look === LOOKS) {
        return content;
      }
    } catch (error) {
      if (look === LOOKS || !isAlive || !hasCode(error, "ENOENT")) {
        throw error;
      }
    } finally {
      await pinned.close();
    }
  }
}

async function readContent(disk: Disk, directory: string): Promise<StreamContent> {
  const sizes = await segmentSizes(disk, directory);
  const size = { segments: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
  try {
    const stream = await StoredStream.open(disk, directory, false);
    const extents = await stream.scan();
    const tables = Array.from(extents, ([table, extent]) => contentOf(stream, table, extent));
    return { ...size, tables, createdAt: stream.segments[0]?.createdAt, damage: undefined };
  } catch (error) {
    if (error instanceof SpoolCorruptError) {
      return { ...size, tables: [], createdAt: undefined, damage: error };
    }
    throw error;
  }
}

async function segmentSizes(disk: Disk, directory: string): Promise<readonly number[]> {
  const sizes: number[] = [];
  for (const number of await segmentNumbers(disk, directory)) {
    // It is closed with all the others.
    const file = await disk.open(segmentPath(directory, number));
    sizes.push(await file.size());
  }
  return sizes;
}

function contentOf(stream: StoredStream, table: number, extent: TableExtent): TableContent {
  const { firstRow, endRow, rows, forms } = extent;
  const { segment } = stream.files.cursorOf(table, firstRow);
  const { createdAt } = stream.files.find(segment)!;
  return { name: forms.at(-1)!.name, rows, firstRow, endRow, since: createdAt };
}
