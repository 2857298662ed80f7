import type { FileWindow } from "./file-window.js";
import { FRAME_HEADER_BYTES, type FrameKey } from "./frame.js";
import { readFrame } from "./read-frame.js";

const SEARCH_BYTES = 256 * 1024;

/**
 * Where the first valid frame begins at or behind `from`.
 *
 * @returns the limit if there is none
 */
export async function nextFrameAt(
  window: FileWindow,
  key: FrameKey,
  from: number,
  limit: number,
): Promise<number> {
  let position = from;
  while (position + FRAME_HEADER_BYTES < limit) {
    const piece = await window.read(position, Math.min(SEARCH_BYTES, limit - position), limit);
    for (let at = piece.indexOf(key.marker); at >= 0; at = piece.indexOf(key.marker, at + 1)) {
      const read = await readFrame(window, key, position + at, limit);
      if (read?.payload !== undefined) {
        return position + at;
      }
    }
    if (piece.length < key.marker.length) {
      break;
    }
    // A marker that this piece cuts is found in the next one.
    position += piece.length - key.marker.length + 1;
  }
  return limit;
}
