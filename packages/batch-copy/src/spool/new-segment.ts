import type { Disk, DiskFile } from "./disk.js";
import { diskFull } from "./file-errors.js";
import { encodeSegmentHeader, type SegmentHeader, segmentPath } from "./segment-header.js";
import { Segment } from "./segment.js";

/** A segment whose header is durable, and its file. */
export interface OpenSegment {
  readonly segment: Segment;
  readonly file: DiskFile;
}

/**
 * Begins a segment. Its header and its place in the directory are durable when this resolves. If it rejects,
 * there may be a file, which has no frame.
 */
export async function newSegment(
  disk: Disk,
  directory: string,
  header: SegmentHeader,
): Promise<OpenSegment> {
  const path = segmentPath(directory, header.number);
  const file = await disk.create(path);
  try {
    const bytes = encodeSegmentHeader(header);
    if ((await file.writeDurably([bytes], 0)) < bytes.length) {
      throw diskFull(path);
    }
    await disk.syncDirectory(directory);
    return { segment: new Segment(directory, header, bytes.length, bytes.length), file };
  } catch (error) {
    await file.close();
    throw error;
  }
}
