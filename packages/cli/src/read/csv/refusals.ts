import type { BadRecord, RecordHandler } from "../record-reader.js";
import type { ByteClasses } from "./byte-classes.js";
import type { CsvDialect } from "./csv-dialect.js";
import { RecordEnd } from "./record-end.js";

export const UNTERMINATED = "unterminated quoted field";

/**
 * Hands on what is not well formed, and knows the line in which the next record begins.
 *
 * After a quote that is not closed, only the lines up to the one in which its field begins are refused.
 * Each line behind them has an even number of quotes, or the record would have ended there; so none of them
 * leads behind its own end again, and no byte is read more often than three times.
 */
export class Refusals {
  line: number;
  /** The position behind a line terminator at the end of the bytes that the file does not have, or -1. */
  addedEnd = -1;
  readonly #handler: RecordHandler;
  readonly #classes: ByteClasses;
  readonly #maxRecordBytes: number;
  readonly #limit: RecordEnd;
  /** What is refused up to the end of a line that was not reached yet. */
  #open: Omit<BadRecord, "end"> | undefined;

  constructor(dialect: CsvDialect, classes: ByteClasses, handler: RecordHandler, line: number) {
    this.#handler = handler;
    this.#classes = classes;
    this.#maxRecordBytes = dialect.maxRecordBytes;
    this.#limit = new RecordEnd(classes);
    this.line = line;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** The offset in the file of a position in the bytes. */
  endInFile(base: number, end: number): number {
    return end === this.addedEnd ? base + end - 1 : base + end;
  }

  /** Refuses a record that ends at `end`. */
  refuse(start: number, end: number, base: number, reason: string): void {
    const bad = { reason, offset: base + start, end: this.endInFile(base, end), line: this.line };
    this.#handler.bad(bad);
  }

  /**
   * Refuses a record up to the end of the line in which the field at `fieldStart` begins.
   *
   * @returns where the next line begins, or the end of the bytes if that line goes on behind them
   */
  refuseLine(
    bytes: Uint8Array,
    start: number,
    fieldStart: number,
    base: number,
    reason: string,
  ): number {
    const { terminator } = this.#classes;
    const lineEnd = bytes.indexOf(terminator, fieldStart);
    if (lineEnd < 0) this.#open = { reason, offset: base + start, line: this.line };
    else this.refuse(start, lineEnd + 1, base, reason);
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1;
    for (let at = start; at < next; at++) if (bytes[at] === terminator) this.line++;
    return next;
  }

  /** Refuses a record whose first bytes, as many as a record can have, do not end it. */
  refuseLong(bytes: Uint8Array, start: number, base: number): number {
    const most = this.#maxRecordBytes;
    this.#limit.restart();
    this.#limit.feed(bytes, start, start + most);
    const reason = this.#limit.isQuoted
      ? `${UNTERMINATED}: no closing quote within ${most} bytes`
      : `record longer than ${most} bytes`;
    return this.refuseLine(bytes, start, start + this.#limit.fieldStart, base, reason);
  }

  /** Refuses a record that is in quotes at the end of the file. */
  refuseUnterminated(bytes: Uint8Array, start: number, base: number): number {
    this.#limit.restart();
    this.#limit.feed(bytes, start, bytes.length);
    return this.refuseLine(bytes, start, start + this.#limit.fieldStart, base, UNTERMINATED);
  }

  /** Looks for the end of what is refused; returns where the next line begins, or the end of the bytes. */
  close(bytes: Uint8Array, from: number, base: number): number {
    const lineEnd = bytes.indexOf(this.#classes.terminator, from);
    if (lineEnd < 0) return bytes.length;
    this.line++;
    this.closeAt(base + lineEnd + 1);
    return lineEnd + 1;
  }

  /** What is refused ends at this offset. */
  closeAt(end: number): void {
    const { reason, offset, line } = this.#open!;
    this.#open = undefined;
    this.#handler.bad({ reason, offset, end, line });
  }
}
