import { SpoolCorruptError, SpoolError } from "../errors.js";
import type { Disk } from "./disk.js";
import { hasCode } from "./file-errors.js";
import { FileWindow } from "./file-window.js";
import { readSegmentHeader, type SegmentHeader, segmentPath } from "./segment-header.js";
import { segmentNumbers } from "./segment-numbers.js";

/** A segment's file as it was found. */
export interface StoredSegment {
  readonly number: number;
  readonly path: string;
  readonly size: number;
  /** Undefined if it is not what was written. */
  readonly header: SegmentHeader | undefined;
  /** Where the first frame begins. */
  readonly start: number;
}

/**
 * Reads the headers of all segments in a directory, in order.
 *
 * @param isAlive whether its owner may remove the oldest ones meanwhile
 */
export async function storedSegments(
  disk: Disk,
  directory: string,
  isAlive: boolean,
): Promise<readonly StoredSegment[]> {
  let found: StoredSegment[] = [];
  for (const number of await segmentNumbers(disk, directory)) {
    const path = segmentPath(directory, number);
    try {
      found.push(await readStoredSegment(disk, path, number));
    } catch (error) {
      if (!isAlive || !hasCode(error, "ENOENT")) {
        throw error;
      }
      // It was removed, and so were all before it.
      found = [];
    }
  }
  checkChain(found);
  return found;
}

/** Reads the header of a segment. */
export async function readStoredSegment(
  disk: Disk,
  path: string,
  number: number,
): Promise<StoredSegment> {
  const file = await disk.open(path);
  try {
    const size = await file.size();
    const found = await readSegmentHeader(new FileWindow(file), number, size);
    checkVersion(path, found?.header);
    return { number, path, size, header: found?.header, start: found?.start ?? 0 };
  } finally {
    await file.close();
  }
}

function checkVersion(path: string, header: SegmentHeader | undefined): void {
  if (header !== undefined && header.version !== 1) {
    const version = String(header.version);
    throw new SpoolError(`${path} has the format ${version}, which only a later version can read`);
  }
}

/** Each segment but the newest has a header, and the next one says where it ends. */
function checkChain(segments: readonly StoredSegment[]): void {
  segments.forEach((segment, i) => {
    const { path, header, number } = segment;
    const before = segments[i - 1];
    if (before !== undefined && before.number + 1 !== number) {
      throw new SpoolCorruptError(path, 0, `segment ${number - 1}, the one before it, is missing`);
    }
    if (header === undefined) {
      if (i < segments.length - 1) {
        throw new SpoolCorruptError(path, 0, "its header is not valid");
      }
    } else {
      checkPrevious(segment, header, before);
      checkStream(segment, header, before);
    }
  });
}

function checkPrevious(
  { path, number }: StoredSegment,
  { previous }: SegmentHeader,
  before: StoredSegment | undefined,
): void {
  if ((previous?.number ?? 0) !== number - 1) {
    throw new SpoolCorruptError(path, 0, `its header does not follow segment ${number - 1}`);
  }
  if (before !== undefined && previous !== null && previous.end > before.size) {
    const { end } = previous;
    throw new SpoolCorruptError(before.path, before.size, `its frames end at byte ${end}`);
  }
}

function checkStream(
  { path }: StoredSegment,
  { stream }: SegmentHeader,
  before: StoredSegment | undefined,
): void {
  if (before?.header !== undefined && before.header.stream !== stream) {
    throw new SpoolCorruptError(path, 0, `it belongs to another stream, ${stream}`);
  }
}
