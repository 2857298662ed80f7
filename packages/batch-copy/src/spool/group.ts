import type { Cursor } from "./cursor.js";
import { encodeFrameHeader, FRAME_HEADER_BYTES } from "./frame.js";
import type { Segment } from "./segment.js";
import type { StoredForm } from "./stored-form.js";

/** Rows of one table that have the same form. */
export interface RowsToStore {
  readonly form: number;
  readonly firstRow: number;
  /** How many there are. */
  readonly rows: number;
  /** Their bytes, which the spool does not look into. */
  readonly tuples: readonly Buffer[];
}

/** Frames that are written and synced together. */
export interface Group {
  readonly parts: readonly Buffer[];
  readonly end: number;
  /** Where the frame of each entry begins. */
  readonly cursors: readonly Cursor[];
}

/** The frames of these forms and rows, from the end of the segment on. */
export function encodeGroup(
  segment: Segment,
  forms: readonly (readonly [number, StoredForm])[],
  rows: readonly RowsToStore[],
): Group {
  const { key, end: synced, number } = segment;
  const parts: Buffer[] = [];
  let position = synced;
  const add = (
    frame: Omit<Parameters<typeof encodeFrameHeader>[2], "synced">,
    payload: readonly Buffer[],
  ): Cursor => {
    const cursor = { segment: number, position };
    parts.push(encodeFrameHeader(key, position, { ...frame, synced }, payload));
    position += FRAME_HEADER_BYTES;
    for (const part of payload) {
      parts.push(part);
      position += part.length;
    }
    return cursor;
  };
  for (const [form, content] of forms) {
    add({ kind: "form", form, rows: 0, firstRow: 0 }, [Buffer.from(JSON.stringify(content))]);
  }
  const cursors = rows.map(({ form, firstRow, rows: count, tuples }) =>
    add({ kind: "rows", form, rows: count, firstRow }, tuples),
  );
  return { parts, end: position, cursors };
}

/** How many bytes these buffers have. */
export function lengthOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((bytes, { length }) => bytes + length, 0);
}
