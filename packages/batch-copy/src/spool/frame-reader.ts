import { SpoolCorruptError } from "../errors.js";
import type { Cursor } from "./cursor.js";
import { hasCode } from "./file-errors.js";
import { FileWindow } from "./file-window.js";
import { decodeFrameHeader, FRAME_HEADER_BYTES, type FrameHeader, isPayloadOf } from "./frame.js";
import type { Segment } from "./segment.js";
import type { SegmentFiles } from "./segments.js";
import type { StoredForm } from "./stored-form.js";

/** Rows of one table, as they were written. */
export interface StoredRows {
  readonly form: StoredForm;
  readonly formNumber: number;
  readonly firstRow: number;
  readonly rows: number;
  /** It is the reader's no more, and is never written again. */
  readonly tuples: Buffer;
  /** Where the next frame begins. */
  readonly after: Cursor;
}

/** Reads the rows of one table in order, also while the stream is still being written. One call at a time. */
export class FrameReader {
  readonly #files: SegmentFiles;
  readonly #table: number;
  #cursor: Cursor;
  /** The one that the cursor is in, if that is known. */
  #segment: Segment | undefined;
  /** The number after that of the last row that it gave. */
  #endRow = 0;
  #opened: { readonly segment: Segment; readonly window: FileWindow } | undefined;

  constructor(files: SegmentFiles, table: number, from: Cursor) {
    this.#files = files;
    this.#table = table;
    this.#cursor = from;
  }

  /**
   * The next frame with rows of the table; undefined at the durable end, where a later call may find more.
   *
   * @throws SpoolCorruptError, also when it is called again
   */
  async next(): Promise<StoredRows | undefined> {
    for (;;) {
      const segment = this.#nextSegment();
      if (segment === undefined) {
        return undefined;
      }
      const window = await this.#open(segment);
      const rows = window && (await this.#readFrame(segment, window));
      if (rows !== undefined) {
        return rows;
      }
    }
  }

  /** Closes the file that it reads. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.window.close();
  }

  /** Goes to the segment that has the next frame; undefined if there is none yet. */
  #nextSegment(): Segment | undefined {
    for (;;) {
      const segment = this.#files.find(this.#cursor.segment);
      if (segment === undefined) {
        return undefined;
      }
      if (!this.#isIn(segment)) {
        this.#cursor = { segment: segment.number, position: segment.start };
      }
      this.#segment = segment;
      if (this.#cursor.position < segment.end && segment.mayHave(this.#table)) {
        return segment;
      }
      if (this.#files.find(segment.last + 1) === undefined) {
        return undefined;
      }
      this.#cursor = { segment: segment.last + 1, position: 0 };
      this.#segment = undefined;
    }
  }

  /**
   * Whether the cursor is a place in it. The one that the cursor was in may be removed, with rows that are all
   * committed, or rewritten.
   */
  #isIn(segment: Segment): boolean {
    return this.#segment === undefined
      ? segment.number === this.#cursor.segment && segment.header.rewritten === undefined
      : segment === this.#segment;
  }

  /** Reads a frame and goes on to the next one; undefined if it has no rows of the table. */
  async #readFrame(segment: Segment, window: FileWindow): Promise<StoredRows | undefined> {
    const position = Math.max(this.#cursor.position, segment.start);
    const limit = segment.end;
    const bytes = await window.read(position, FRAME_HEADER_BYTES, limit);
    const header = decodeFrameHeader(segment.key, position, bytes);
    const payloadAt = position + FRAME_HEADER_BYTES;
    if (header === undefined || payloadAt + header.bytes > limit) {
      throw new SpoolCorruptError(segment.path, position, "there is no valid frame");
    }
    const after = { segment: segment.number, position: payloadAt + header.bytes };
    const form = header.kind === "rows" ? this.#formOf(segment, position, header) : undefined;
    const { firstRow, rows } = header;
    // Those that were given before may come again, in a segment that was rewritten.
    if (form?.table !== this.#table || firstRow + rows <= this.#endRow) {
      this.#cursor = after;
      return undefined;
    }
    const tuples = await window.read(payloadAt, header.bytes, limit);
    if (!isPayloadOf(header, tuples, segment.key, position)) {
      throw new SpoolCorruptError(segment.path, position, "the checksum of its rows is wrong");
    }
    this.#cursor = after;
    this.#endRow = firstRow + rows;
    return { form, formNumber: header.form, firstRow, rows, tuples, after };
  }

  #formOf(segment: Segment, position: number, header: FrameHeader): StoredForm {
    const form = this.#files.form(header.form);
    if (form === undefined) {
      throw new SpoolCorruptError(segment.path, position, `form ${header.form} is missing`);
    }
    return form;
  }

  /** Opens the file of a segment; undefined if it was removed or rewritten meanwhile. */
  async #open(segment: Segment): Promise<FileWindow | undefined> {
    if (this.#opened?.segment !== segment) {
      await this.close();
      await segment.replacing;
      try {
        this.#opened = { segment, window: new FileWindow(await this.#files.open(segment)) };
      } catch (error) {
        if (hasCode(error, "ENOENT") && this.#isGone(segment)) {
          return undefined;
        }
        throw error;
      }
      if (this.#isGone(segment) || segment.replacing !== undefined) {
        // It may be the file of the one that has its path now.
        await this.close();
        return undefined;
      }
    }
    return this.#opened.window;
  }

  #isGone(segment: Segment): boolean {
    return this.#files.find(segment.number) !== segment;
  }
}
