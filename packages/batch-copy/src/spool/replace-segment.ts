import { dirname, join } from "node:path";

import type { Disk, DiskFile } from "./disk.js";
import { diskFull } from "./file-errors.js";
import type { FileWindow } from "./file-window.js";
import type { Hole } from "./find-holes.js";
import { encodeFrameHeader, FRAME_HEADER_BYTES, type FrameKey } from "./frame.js";
import { removeIfThere } from "./remove-if-there.js";
import { segmentPath } from "./segment-header.js";

/** A segment in place of a damaged one. */
export interface Replacement {
  readonly number: number;
  readonly key: FrameKey;
  /** All that comes before its first frame. */
  readonly head: Buffer;
  /** Where it ends. */
  readonly end: number;
  /** The parts in which there is no valid frame. */
  readonly holes: readonly Hole[];
}

const PIECE_BYTES = 2 ** 20;

/** The least that a frame takes. */
const LEAST_FRAME_BYTES = FRAME_HEADER_BYTES + 1;

const REPLACEMENT = /^mended-(\d{10})$/;

/**
 * Puts a copy of a segment, with void frames in its holes, in its place. At any moment either is there, or
 * `finishReplacements` completes it.
 *
 * @param window reads the damaged segment
 * @param aside the path to which that is moved; undefined if it is missing
 */
export async function replaceSegment(
  disk: Disk,
  directory: string,
  replacement: Replacement,
  window: FileWindow,
  aside: string | undefined,
): Promise<void> {
  const path = segmentPath(directory, replacement.number);
  const copy = join(directory, `mended-${String(replacement.number).padStart(10, "0")}`);
  await writeCopy(disk, copy, replacement, window);
  await disk.syncDirectory(directory);
  if (aside !== undefined) {
    await disk.rename(path, aside);
    await disk.syncDirectory(dirname(aside));
  }
  await disk.rename(copy, path);
  await disk.syncDirectory(directory);
}

/** Completes replacements that were cut off: a copy is complete once its segment was moved aside. */
export async function finishReplacements(disk: Disk, directory: string): Promise<void> {
  for (const name of await disk.list(directory)) {
    const digits = REPLACEMENT.exec(name)?.[1];
    if (digits !== undefined) {
      const path = segmentPath(directory, Number(digits));
      const copy = join(directory, name);
      await (disk.exists(path) ? disk.remove(copy) : disk.rename(copy, path));
      await disk.syncDirectory(directory);
    }
  }
}

async function writeCopy(
  disk: Disk,
  path: string,
  { key, head, end, holes }: Replacement,
  window: FileWindow,
): Promise<void> {
  await removeIfThere(disk, path);
  const file = await disk.create(path);
  try {
    await writeAll(file, path, head, 0);
    let position = head.length;
    for (const hole of [...holes, { start: end, end }]) {
      await copyPart(file, path, window, { start: position, end: hole.start });
      await writeVoid(file, path, key, hole);
      position = hole.end;
    }
  } finally {
    await file.close();
  }
}

async function copyPart(
  file: DiskFile,
  path: string,
  window: FileWindow,
  { start, end }: Hole,
): Promise<void> {
  for (let position = start; position < end; position += PIECE_BYTES) {
    const bytes = Math.min(PIECE_BYTES, end - position);
    await writeAll(file, path, await window.read(position, bytes, end), position);
  }
}

/** Frames that readers pass over, none of them too large to be read at once. */
async function writeVoid(
  file: DiskFile,
  path: string,
  key: FrameKey,
  { start, end }: Hole,
): Promise<void> {
  let position = start;
  while (position < end) {
    const left = end - position;
    const bytes = left < PIECE_BYTES + LEAST_FRAME_BYTES ? left : PIECE_BYTES;
    const payload = Buffer.alloc(bytes - FRAME_HEADER_BYTES);
    const frame = { kind: "void", form: 0, rows: 0, firstRow: 0, synced: position } as const;
    const header = encodeFrameHeader(key, position, frame, [payload]);
    await writeAll(file, path, Buffer.concat([header, payload]), position);
    position += bytes;
  }
}

async function writeAll(
  file: DiskFile,
  path: string,
  bytes: Buffer,
  position: number,
): Promise<void> {
  if ((await file.writeDurably([bytes], position)) < bytes.length) {
    throw diskFull(path);
  }
}
