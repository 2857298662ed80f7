import type { FileWindow } from "./file-window.js";
import { FRAME_HEADER_BYTES, type FrameHeader } from "./frame.js";
import { nextFrameAt } from "./next-frame.js";
import { readFrame } from "./read-frame.js";
import type { Segment } from "./segment.js";
import type { StoredForm } from "./stored-form.js";

/** A part of a segment that has no valid frame. */
export interface Hole {
  readonly start: number;
  readonly end: number;
}

/** Told what a damaged segment has, in order. */
export interface SalvageVisitor {
  onForm(number: number, form: StoredForm): void;
  /** Whether the rows can be delivered after those before them. */
  mayKeep(frame: FrameHeader): boolean;
  /** Told of a part in which a former repair has found nothing. */
  onVoid(): void;
  /** @param frame what is known of the first frame in it */
  onHole(hole: Hole, frame: FrameHeader | undefined): void;
}

/** Where the frames of a damaged segment end, and the parts before that have none. */
export interface Salvage {
  readonly end: number;
  readonly holes: readonly Hole[];
}

/**
 * Reads the frames of a segment that may be damaged.
 *
 * @param limit where the last frame may end
 * @param isEnd whether it is known that it does: otherwise the segment ends with its last valid frame
 */
export async function findHoles(
  window: FileWindow,
  { key, start }: Pick<Segment, "key" | "start">,
  limit: number,
  isEnd: boolean,
  visitor: SalvageVisitor,
): Promise<Salvage> {
  const holes: Hole[] = [];
  let position = start;
  while (position < limit) {
    const read = await readFrame(window, key, position, limit);
    const frame = read?.frame;
    if (
      frame !== undefined &&
      read?.payload !== undefined &&
      isKept(frame, read.payload, visitor)
    ) {
      position += FRAME_HEADER_BYTES + frame.bytes;
    } else {
      const end = await nextFrameAt(window, key, position + FRAME_HEADER_BYTES + 1, limit);
      const isTorn = read?.payload === undefined && end >= limit && !isEnd;
      if (isTorn) {
        return { end: position, holes };
      }
      const hole = { start: position, end };
      visitor.onHole(hole, frame);
      holes.push(hole);
      position = end;
    }
  }
  return { end: position, holes };
}

function isKept(frame: FrameHeader, payload: Buffer, visitor: SalvageVisitor): boolean {
  if (frame.kind === "form") {
    visitor.onForm(frame.form, JSON.parse(payload.toString()) as StoredForm);
  }
  if (frame.kind === "void") {
    visitor.onVoid();
  }
  return frame.kind !== "rows" || visitor.mayKeep(frame);
}
