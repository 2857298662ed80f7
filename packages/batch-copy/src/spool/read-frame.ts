import type { FileWindow } from "./file-window.js";
import {
  decodeFrameHeader,
  FRAME_HEADER_BYTES,
  type FrameHeader,
  type FrameKey,
  isPayloadOf,
} from "./frame.js";

/** A frame whose header is valid. */
interface ReadFrame {
  readonly frame: FrameHeader;
  /** Undefined if it is not what was written. */
  readonly payload: Buffer | undefined;
}

/**
 * Reads the frame at `position`; undefined if there is none.
 *
 * @param limit where it may end
 */
export async function readFrame(
  window: FileWindow,
  key: FrameKey,
  position: number,
  limit: number,
): Promise<ReadFrame | undefined> {
  const bytes = await window.read(position, FRAME_HEADER_BYTES, limit);
  const frame = decodeFrameHeader(key, position, bytes);
  const payloadAt = position + FRAME_HEADER_BYTES;
  if (frame === undefined || payloadAt + frame.bytes > limit) {
    return undefined;
  }
  const payload = await window.read(payloadAt, frame.bytes, limit);
  return { frame, payload: isPayloadOf(frame, payload, key, position) ? payload : undefined };
}
