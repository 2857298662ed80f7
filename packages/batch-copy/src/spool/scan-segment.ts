import type { FileWindow } from "./file-window.js";
import { decodeFrameHeader, FRAME_HEADER_BYTES, type FrameHeader, isPayloadOf } from "./frame.js";
import type { Segment } from "./segment.js";
import type { StoredForm } from "./stored-form.js";

/** Called with each frame in turn. */
export interface FrameVisitor {
  onForm(number: number, form: StoredForm): void;
  onRows(frame: FrameHeader, position: number): void;
}

/**
 * Reads and checks the frames of a segment from its start on.
 *
 * @param limit where the last frame may end
 * @returns where the first thing begins that is not a valid frame: the limit if there is none
 */
export async function scanSegment(
  window: FileWindow,
  { key, start }: Segment,
  limit: number,
  visitor: FrameVisitor,
): Promise<number> {
  let position = start;
  while (position < limit) {
    const bytes = await window.read(position, FRAME_HEADER_BYTES, limit);
    const frame = decodeFrameHeader(key, position, bytes);
    const payloadAt = position + FRAME_HEADER_BYTES;
    if (frame === undefined || payloadAt + frame.bytes > limit) {
      return position;
    }
    const payload = await window.read(payloadAt, frame.bytes, limit);
    if (!isPayloadOf(frame, payload, key, position)) {
      return position;
    }
    if (frame.kind === "form") {
      visitor.onForm(frame.form, JSON.parse(payload.toString()) as StoredForm);
    } else {
      visitor.onRows(frame, position);
    }
    position = payloadAt + frame.bytes;
  }
  return position;
}
