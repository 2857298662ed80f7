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
      const { segment: number, position } = this.#cursor;
      const segment = this.#files.find(number);
      if (segment === undefined) {
        return undefined;
      }
      if (segment.number > number) {
        // The cursor is that of a segment whose rows are all committed, and which is removed.
        this.#cursor = { segment: segment.number, position: segment.start };
      } else if (position < segment.end && segment.mayHave(this.#table)) {
        return segment;
      } else if (this.#files.find(number + 1) === undefined) {
        return undefined;
      } else {
        this.#cursor = { segment: number + 1, position: 0 };
      }
    }
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
    if (form?.table !== this.#table) {
      this.#cursor = after;
      return undefined;
    }
    const tuples = await window.read(payloadAt, header.bytes, limit);
    if (!isPayloadOf(header, tuples, segment.key, position)) {
      throw new SpoolCorruptError(segment.path, position, "the checksum of its rows is wrong");
    }
    this.#cursor = after;
    const { form: formNumber, firstRow, rows } = header;
    return { form, formNumber, firstRow, rows, tuples, after };
  }

  #formOf(segment: Segment, position: number, header: FrameHeader): StoredForm {
    const form = this.#files.form(header.form);
    if (form === undefined) {
      throw new SpoolCorruptError(segment.path, position, `form ${header.form} is missing`);
    }
    return form;
  }

  /** Opens the file of a segment; undefined if it was removed meanwhile, so that the next one follows. */
  async #open(segment: Segment): Promise<FileWindow | undefined> {
    if (this.#opened?.segment !== segment) {
      await this.close();
      try {
        this.#opened = { segment, window: new FileWindow(await this.#files.open(segment)) };
      } catch (error) {
        if (hasCode(error, "ENOENT") && this.#files.find(segment.number) !== segment) {
          return undefined;
        }
        throw error;
      }
    }
    return this.#opened.window;
  }
}
