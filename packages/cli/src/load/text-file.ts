import { resolve } from "node:path";

import type { Input } from "../input/open-input.js";
import { Peekable } from "../input/peekable.js";
import { skipBytes } from "../input/skip-bytes.js";
import type { RecordHandler, RecordReader } from "../read/record-reader.js";
import { countLineEnds, InFlight } from "./in-flight.js";
import type { RecordFile, RecordLine, RecordRange, SentRecords } from "./record-file.js";

/** How the text in a file is read. */
export interface TextFormat {
  readonly fields: readonly string[];
  readonly header: Uint8Array;
  readonly description: string;
  readonly decision: string | undefined;
  /** Where the first record begins, and its line. */
  readonly start: number;
  readonly startLine: number;
  /** The byte that ends a line. */
  readonly lineEnd: number;
  /** A reader of the records from here on. */
  readonly reader: (
    handler: RecordHandler,
    from: { readonly offset: number; readonly line: number },
  ) => RecordReader;
}

/** A file of text: CSV or NDJSON. */
export class TextFile implements RecordFile {
  readonly unit = "byte";
  readonly fingerprint: RecordFile["fingerprint"];
  readonly #input: Input;
  readonly #format: TextFormat;
  readonly #inFlight: InFlight;
  #reader: RecordReader | undefined;
  #isStopped = false;
  #readEnd: number | undefined;
  /** Where reading began, if lines are counted from there. */
  #resumedAt = 0;
  #linesBefore: Promise<number> | undefined;

  constructor(input: Input, format: TextFormat, fingerprint: RecordFile["fingerprint"]) {
    this.#input = input;
    this.#format = format;
    this.#inFlight = new InFlight(format.lineEnd);
    this.fingerprint = fingerprint;
  }

  get name(): string {
    return this.#input.name;
  }

  get format(): RecordFile["format"] {
    return this.#input.format;
  }

  get path(): string | undefined {
    return this.#input.canReadAgain ? resolve(this.#input.path) : undefined;
  }

  get fields(): readonly string[] {
    return this.#format.fields;
  }

  get header(): Uint8Array {
    return this.#format.header;
  }

  get decision(): string | undefined {
    return this.#format.decision;
  }

  get description(): string {
    return this.#format.description;
  }

  get bytesRead(): number {
    return this.#input.bytesRead;
  }

  get bytesTotal(): number | undefined {
    return this.#input.bytesTotal;
  }

  get end(): number | undefined {
    return this.#input.compression === "none" ? this.#input.bytesTotal : undefined;
  }

  get readEnd(): number | undefined {
    return this.#readEnd;
  }

  async *read(handler: RecordHandler, from: number): AsyncGenerator<void> {
    const { start, startLine } = this.#format;
    const isResumed = from > start;
    this.#resumedAt = isResumed ? from : 0;
    const { chunks, ...place } = isResumed
      ? await this.#afterRecord(from)
      : { chunks: this.#fromStart(), offset: start };
    let { offset } = place;
    const reader = this.#format.reader(handler, { offset, line: isResumed ? 1 : startLine });
    this.#reader = reader;
    for await (const chunk of this.#untilStopped(chunks)) {
      this.#inFlight.addChunk(offset, chunk);
      offset += chunk.length;
      reader.push(chunk);
      yield;
      if (this.#isStopped) {
        return;
      }
    }
    reader.end();
    this.#readEnd = this.#isStopped ? undefined : offset;
    yield;
  }

  stop(): void {
    this.#isStopped = true;
    this.#reader?.stop();
    this.#input.stop();
  }

  async lineOf(line: number): Promise<number> {
    if (this.#resumedAt === 0) {
      return line;
    }
    // Most loads that go on reject nothing, and need not read what is before.
    this.#linesBefore ??= this.#countLines(this.#resumedAt);
    return line + (await this.#linesBefore);
  }

  sent(records: SentRecords): void {
    this.#inFlight.addBlock(records);
  }

  settled(position: number, read: number): void {
    this.#inFlight.forget(position, read).forEach((chunk) => this.#input.release(chunk));
  }

  recordAt(position: number): RecordLine {
    return this.#inFlight.recordAt(position);
  }

  async rawOf(record: RecordRange): Promise<Uint8Array> {
    return this.#inFlight.slice(record);
  }

  async close(): Promise<void> {}

  /** Nobody waits for what is behind the stop, nor is it an error that a compressed file is cut off there. */
  async *#untilStopped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } catch (error) {
      if (!this.#isStopped) {
        throw error;
      }
    }
  }

  /** What is behind the header. */
  #fromStart(): AsyncIterable<Uint8Array> {
    const { canReadAgain, name } = this.#input;
    const { start } = this.#format;
    // What can be read only once is read from its start.
    return canReadAgain ? this.#input.chunks(start) : skipBytes(name, start, this.#input.chunks(0));
  }

  /**
   * What is behind a record that was loaded. If it was the last one of the file and had no line end, it may
   * have got one since: that is no empty line.
   */
  async #afterRecord(end: number): Promise<{ chunks: AsyncIterable<Uint8Array>; offset: number }> {
    const withLastByte = new Peekable(this.#input.chunks(end - 1));
    const [last, ...next] = await withLastByte.peek(LONGEST_LINE_END + 1);
    const late = last === this.#format.lineEnd ? 0 : lineEndLength(next, this.#format.lineEnd);
    const chunks = skipBytes(this.#input.name, 1 + late, withLastByte.rest());
    return { chunks, offset: end + late };
  }

  async #countLines(end: number): Promise<number> {
    let lines = 0;
    let offset = 0;
    for await (const chunk of this.#input.chunks(0)) {
      lines += countLineEnds(chunk.subarray(0, end - offset), this.#format.lineEnd);
      offset += chunk.length;
      if (offset >= end) {
        break;
      }
    }
    return lines;
  }
}

const CARRIAGE_RETURN = 0x0d;
const LONGEST_LINE_END = 2;

/** How long the line end is that bytes begin with. */
function lineEndLength([first, second]: readonly number[], lineEnd: number): number {
  if (first === lineEnd) {
    return 1;
  }
  return first === CARRIAGE_RETURN && second === lineEnd ? 2 : 0;
}
