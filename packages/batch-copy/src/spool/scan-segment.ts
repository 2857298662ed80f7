import type { FileWindow } from "./file-window.js";
import { FRAME_HEADER_BYTES, type FrameHeader } from "./frame.js";
import { readFrame } from "./read-frame.js";
import type { Segment } from "./segment.js";
import type { StoredForm } from "./stored-form.js";

/** Called with each frame in turn. */
export interface FrameVisitor {
  onForm(number: number, form: StoredForm): void;
  onRows(frame: FrameHeader, position: number): void;
}

/** How far a segment has valid frames. */
export interface ScannedSegment {
  /** Where the first thing begins that is not a valid frame: the limit if there is none. */
  readonly end: number;
  /** Up to here, the frames say themselves that it was synced. */
  readonly synced: number;
}

/**
 * Reads and checks the frames of a segment from its start on.
 *
 * @param limit where the last frame may end
 */
export async function scanSegment(
  window: FileWindow,
  { key, start }: Segment,
  limit: number,
  visitor: FrameVisitor,
): Promise<ScannedSegment> {
  let position = start;
  let synced = start;
  while (position < limit) {
    const read = await readFrame(window, key, position, limit);
    if (read?.payload === undefined) {
      break;
    }
    const { frame, payload } = read;
    if (frame.kind === "form") {
      visitor.onForm(frame.form, JSON.parse(payload.toString()) as StoredForm);
    } else if (frame.kind === "rows") {
      visitor.onRows(frame, position);
    }
    position += FRAME_HEADER_BYTES + frame.bytes;
    synced = frame.synced;
  }
  return { end: position, synced };
}
