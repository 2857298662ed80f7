import type { RecordHandler, RecordPlace, RecordReader } from "../record-reader.js";
import { ByteClasses } from "./byte-classes.js";
import { ByteOrderMark } from "./byte-order-mark.js";
import { Carry } from "./carry.js";
import type { CsvDialect } from "./csv-dialect.js";
import { RecordScanner } from "./record-scanner.js";
import { Refusals } from "./refusals.js";

/**
 * Reads CSV as RFC 4180 and as COPY do. Beyond COPY, lines may end in `\n` and in `\r\n` in the same file, a
 * byte order mark is skipped, and so are empty lines, unless records have one field. Unlike COPY, a quote that
 * opens inside a field must close on the same line: it is more likely to be a stray one.
 */
export class CsvReader implements RecordReader {
  readonly #classes: ByteClasses;
  readonly #scanner: RecordScanner;
  readonly #refusals: Refusals;
  readonly #carry: Carry;
  readonly #maxRecordBytes: number;
  readonly #mark: ByteOrderMark;
  /** The offset in the file of the next chunk. */
  #offset: number;

  /** @param start where a record begins in the file, and in which line */
  constructor(
    dialect: CsvDialect,
    handler: RecordHandler,
    start: Pick<RecordPlace, "offset" | "line"> = { offset: 0, line: 1 },
  ) {
    this.#classes = new ByteClasses(dialect);
    this.#refusals = new Refusals(dialect, this.#classes, handler, start.line);
    this.#scanner = new RecordScanner(dialect, this.#classes, handler, this.#refusals);
    this.#carry = new Carry(this.#classes, dialect.maxRecordBytes);
    this.#maxRecordBytes = dialect.maxRecordBytes;
    this.#mark = new ByteOrderMark(start.offset);
    this.#offset = start.offset;
  }

  push(chunk: Uint8Array): void {
    if (this.#mark.isDecided) {
      this.#push(chunk);
      return;
    }
    const skipped = this.#mark.skip(chunk);
    if (skipped === chunk.length) return;
    this.#decideMark();
    this.#push(chunk.subarray(skipped));
  }

  end(): void {
    if (!this.#mark.isDecided) this.#decideMark();
    if (this.#scanner.isStopped) return;
    if (this.#refusals.isOpen) this.#refusals.closeAt(this.#offset);
    else if (this.#carry.length > 0) this.#readLast();
  }

  stop(): void {
    this.#scanner.isStopped = true;
  }

  #decideMark(): void {
    const seen = this.#mark.decide();
    if (seen === undefined) this.#offset += 3;
    else this.#push(seen);
  }

  #push(chunk: Uint8Array): void {
    const base = this.#offset;
    this.#offset += chunk.length;
    let at = 0;
    while (at < chunk.length && !this.#scanner.isStopped) {
      if (this.#refusals.isOpen) at = this.#refusals.close(chunk, at, base);
      else if (this.#carry.length > 0) at = this.#complete(chunk, at, base);
      else {
        this.#read(chunk, at, base);
        at = chunk.length;
      }
    }
  }

  /** Goes on with the record that began in earlier chunks. */
  #complete(chunk: Uint8Array, from: number, base: number): number {
    const at = this.#carry.add(chunk, from);
    if (this.#carry.isComplete) {
      const bytes = this.#carry.take();
      this.#read(bytes, 0, base + at - bytes.length);
    }
    return at;
  }

  /** Reads the records that end in the bytes, and keeps the rest. */
  #read(bytes: Uint8Array, from: number, base: number): void {
    const to = bytes.lastIndexOf(this.#classes.terminator) + 1;
    let at = from;
    for (;;) {
      if (at < to) at = this.#scanner.scan(bytes, at, to, base);
      if (this.#scanner.isStopped || bytes.length - at < this.#maxRecordBytes) break;
      at = this.#refusals.refuseLong(bytes, at, base);
    }
    if (at < bytes.length) this.#carry.add(bytes, at);
  }

  /** Reads the last line, which may have no terminator, and what is in quotes before it. */
  #readLast(): void {
    const base = this.#offset - this.#carry.length;
    const rest = this.#carry.take();
    const bytes = this.#terminated(rest);
    let at = 0;
    while (at < bytes.length && !this.#scanner.isStopped) {
      at = this.#scanner.scan(bytes, at, bytes.length, base);
      if (at < bytes.length && !this.#scanner.isStopped)
        at = this.#refusals.refuseUnterminated(bytes, at, base);
    }
  }

  #terminated(rest: Uint8Array): Uint8Array {
    const { terminator } = this.#classes;
    if (rest.at(-1) === terminator) return rest;
    const bytes = new Uint8Array(rest.length + 1);
    bytes.set(rest);
    bytes[rest.length] = terminator;
    this.#refusals.addedEnd = bytes.length;
    return bytes;
  }
}
