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

/** The segments in a directory, in order. */
export interface StoredSegments {
  readonly segments: readonly StoredSegment[];
  /** The paths of those that another one stands for, which was rewritten. They count for nothing. */
  readonly leftover: readonly string[];
}

/**
 * Reads the headers of all segments in a directory.
 *
 * @param isAlive whether its owner may remove or rewrite some of them meanwhile
 */
export async function storedSegments(
  disk: Disk,
  directory: string,
  isAlive: boolean,
): Promise<StoredSegments> {
  for (;;) {
    try {
      return await readAll(disk, directory, await segmentNumbers(disk, directory));
    } catch (error) {
      if (!isAlive || !hasCode(error, "ENOENT") || !disk.exists(directory)) {
        throw error;
      }
    }
  }
}

async function readAll(
  disk: Disk,
  directory: string,
  numbers: readonly number[],
): Promise<StoredSegments> {
  const segments: StoredSegment[] = [];
  const leftover: string[] = [];
  let last = 0;
  for (const number of numbers) {
    const path = segmentPath(directory, number);
    if (number <= last) {
      leftover.push(path);
    } else {
      const segment = await readStoredSegment(disk, path, number);
      last = lastOf(segment);
      segments.push(segment);
    }
  }
  return { segments, leftover };
}

/** The number of the last segment that one stands for. */
export function lastOf({ number, header }: Pick<StoredSegment, "number" | "header">): number {
  return header?.rewritten?.last ?? number;
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

/**
 * Each segment but the newest has a header, and the next one says where it ends.
 *
 * @throws SpoolCorruptError
 */
export function checkChain(segments: readonly StoredSegment[]): void {
  segments.forEach((segment, i) => {
    const { path, header, number } = segment;
    const before = segments[i - 1];
    if (before !== undefined && lastOf(before) + 1 !== number) {
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
  if (before === undefined || previous === null) {
    return;
  }
  const { rewritten } = before.header!;
  const end = rewritten?.end ?? previous.end;
  if (end > before.size) {
    throw new SpoolCorruptError(before.path, before.size, `its frames end at byte ${end}`);
  }
  if (rewritten !== undefined && rewritten.formerEnd !== previous.end) {
    throw new SpoolCorruptError(path, 0, `its header does not follow the one that was rewritten`);
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
