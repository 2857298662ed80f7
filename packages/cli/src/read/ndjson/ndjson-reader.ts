import type { RecordHandler, RecordPlace, RecordReader } from "../record-reader.js";
import { INVALID } from "./json-scanner.js";
import { type NdjsonColumn, ObjectReader } from "./object-reader.js";

/** How an {@link NdjsonReader} reads. */
export interface NdjsonOptions {
  /** What a key that no column has makes of its record. @default "bad" */
  readonly unknownKeys?: "bad" | "ignore";
  /** The longest line in bytes. A longer one is a bad record. @default 128 MiB */
  readonly maxLineBytes?: number;
}

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const MAX_LINE_BYTES = 128 * 1024 * 1024;

/**
 * Reads NDJSON: one JSON object (RFC 8259) on each line, for which a line feed is the end, also after a
 * carriage return. Field i of a record is the value of the key of column i; a key that is missing is NULL.
 * If a key occurs twice, its last value counts. Blank lines are skipped, and so is a byte order mark at the
 * start of the file. Any other line is a bad record. Whether the text of strings is valid UTF-8 is for the
 * encoder to say.
 */
export class NdjsonReader implements RecordReader {
  readonly #handler: RecordHandler;
  readonly #objects: ObjectReader;
  readonly #maxLineBytes: number;
  /** The pieces of a line whose end has not come yet, unless it is too long. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  /** The offset and the number of the next line. */
  #offset: number;
  #line: number;
  #isStopped = false;

  constructor(
    columns: readonly NdjsonColumn[],
    handler: RecordHandler,
    start: Pick<RecordPlace, "offset" | "line">,
    { unknownKeys = "bad", maxLineBytes = MAX_LINE_BYTES }: NdjsonOptions = {},
  ) {
    this.#handler = handler;
    this.#objects = new ObjectReader(columns, unknownKeys === "ignore");
    this.#maxLineBytes = maxLineBytes;
    this.#offset = start.offset;
    this.#line = start.line;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.#pieceBytes > 0) {
      const lineFeed = chunk.indexOf(LINE_FEED);
      from = lineFeed === -1 ? chunk.length : lineFeed + 1;
      this.#keep(chunk.subarray(0, from));
      if (lineFeed === -1) {
        return;
      }
      this.#readKept(0);
    }
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > from) {
      this.#readLines(chunk, from, end, 0);
    }
    this.#keep(chunk.subarray(Math.max(from, end)));
  }

  end(): void {
    if (this.#pieceBytes > 0) {
      // The line feed that the scanner needs is no part of the file.
      this.#pieces.push(Uint8Array.of(LINE_FEED));
      this.#readKept(1);
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0 || this.#isStopped) {
      return;
    }
    this.#pieceBytes += piece.length;
    if (this.#pieceBytes > this.#maxLineBytes) {
      this.#pieces = [];
    } else {
      this.#pieces.push(piece);
    }
  }

  /**
   * Reads the line that has been kept, which now has its end.
   *
   * @param added how many bytes at its end are not in the file
   */
  #readKept(added: number): void {
    const length = this.#pieceBytes;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#pieceBytes = 0;
    if (length <= this.#maxLineBytes) {
      const line = Buffer.concat(pieces);
      this.#readLines(line, 0, line.length, added);
    } else if (!this.#isStopped) {
      this.#bad(`the line is longer than ${this.#maxLineBytes} bytes`, length);
    }
  }

  /** Reads the lines from `start` to `end`, which is after a line feed. */
  #readLines(bytes: Uint8Array, start: number, end: number, added: number): void {
    this.#objects.bytes = bytes;
    for (let at = start; at < end && !this.#isStopped;) {
      if (this.#offset === 0 && BYTE_ORDER_MARK.every((byte, i) => bytes[at + i] === byte)) {
        at += BYTE_ORDER_MARK.length;
        this.#offset += BYTE_ORDER_MARK.length;
      }
      at = this.#readLine(bytes, at, added);
    }
  }

  /** Reads the line that begins at `at`, and returns the position of the next one. */
  #readLine(bytes: Uint8Array, at: number, added: number): number {
    const objects = this.#objects;
    const first = objects.skipSpace(at);
    if (bytes[first] === LINE_FEED) {
      this.#pass(first + 1 - at - added);
      return first + 1;
    }
    const end = objects.read(first);
    const last = end === INVALID ? INVALID : objects.skipSpace(end);
    if (last !== INVALID && bytes[last] === LINE_FEED) {
      const offset = this.#offset;
      const line = this.#line;
      this.#pass(last + 1 - at - added);
      this.#handler.record(objects.fields, offset, this.#offset, line);
      return last + 1;
    }
    const next = bytes.indexOf(LINE_FEED, at) + 1;
    this.#bad(this.#reason(at, last), next - at - added);
    return next;
  }

  /**
   * Says why the line is no record.
   *
   * @param at where it begins
   * @param last where the text after the object begins, if there is an object
   */
  #reason(at: number, last: number): string {
    const { reason, errorAt } = this.#objects;
    if (last !== INVALID) {
      return `not valid JSON at byte ${last - at + 1}: unexpected text after the object`;
    }
    return errorAt === undefined ? reason : `not valid JSON at byte ${errorAt - at + 1}: ${reason}`;
  }

  #bad(reason: string, length: number): void {
    const offset = this.#offset;
    const line = this.#line;
    this.#pass(length);
    this.#handler.bad({ reason, offset, end: this.#offset, line });
  }

  /** Goes on to the next line. */
  #pass(length: number): void {
    this.#offset += length;
    this.#line++;
  }
}
