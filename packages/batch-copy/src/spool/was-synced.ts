import type { FileWindow } from "./file-window.js";
import { decodeFrameHeader, FRAME_HEADER_BYTES, type FrameKey } from "./frame.js";

const SEARCH_BYTES = 256 * 1024;

/**
 * Whether what is behind a bad frame says that it was synced, so that it is damaged. Otherwise it is what was
 * left of a write when the process or the machine stopped.
 *
 * @param limit the length of the file before the bad frame was read: what a process that still writes adds
 * afterwards says nothing about what was read
 */
export async function wasSynced(
  window: FileWindow,
  key: FrameKey,
  bad: number,
  limit: number,
): Promise<boolean> {
  let position = bad + 1;
  while (position + FRAME_HEADER_BYTES <= limit) {
    const piece = await window.read(position, Math.min(SEARCH_BYTES, limit - position), limit);
    for (let at = piece.indexOf(key.marker); at >= 0; at = piece.indexOf(key.marker, at + 1)) {
      const header = piece.subarray(at, at + FRAME_HEADER_BYTES);
      const frame = decodeFrameHeader(key, position + at, header);
      if (frame !== undefined && frame.synced > bad) {
        return true;
      }
    }
    if (piece.length < FRAME_HEADER_BYTES) {
      return false;
    }
    // A header that this piece cuts is read again with the next one.
    position += piece.length - FRAME_HEADER_BYTES + 1;
  }
  return false;
}
