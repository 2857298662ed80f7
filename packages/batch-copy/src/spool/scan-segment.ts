import type { FileWindow } from "./file-window.js";
import { decodeFrameHeader, FRAME_HEADER_BYTES, type FrameHeader, isPayloadOf } from "./frame.js";
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
    const bytes = await window.read(position, FRAME_HEADER_BYTES, limit);
    const frame = decodeFrameHeader(key, position, bytes);
    const payloadAt = position + FRAME_HEADER_BYTES;
    if (frame === undefined || payloadAt + frame.bytes > limit) {
      break;
    }
    const payload = await window.read(payloadAt, frame.bytes, limit);
    if (!isPayloadOf(frame, payload, key, position)) {
      break;
    }
    if (frame.kind === "form") {
      visitor.onForm(frame.form, JSON.parse(payload.toString()) as StoredForm);
    } else {
      visitor.onRows(frame, position);
    }
    position = payloadAt + frame.bytes;
    synced = frame.synced;
  }
  return { end: position, synced };
}
