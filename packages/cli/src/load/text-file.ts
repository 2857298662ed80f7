import { resolve } from "node:path";

import type { Input } from "../input/open-input.js";
import type { RecordHandler, RecordReader } from "../read/record-reader.js";
import { countNewlines, InFlight } from "./in-flight.js";
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
  readonly #inFlight = new InFlight();
  #reader: RecordReader | undefined;
  #isStopped = false;
  #readEnd: number | undefined;
  /** Where reading began, if lines are counted from there. */
  #resumedAt = 0;
  #linesBefore: Promise<number> | undefined;

  constructor(input: Input, format: TextFormat, fingerprint: RecordFile["fingerprint"]) {
    this.#input = input;
    this.#format = format;
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
    let offset = Math.max(from, start);
    const reader = this.#format.reader(handler, { offset, line: isResumed ? 1 : startLine });
    this.#reader = reader;
    for await (const chunk of this.#untilStopped(offset)) {
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
  async *#untilStopped(offset: number): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#chunksFrom(offset);
    } catch (error) {
      if (!this.#isStopped) {
        throw error;
      }
    }
  }

  /** What can be read only once is read from its start. */
  async *#chunksFrom(offset: number): AsyncGenerator<Uint8Array> {
    let skipped = this.#input.canReadAgain ? 0 : offset;
    for await (const chunk of this.#input.chunks(offset - skipped)) {
      const rest = chunk.subarray(skipped);
      skipped -= chunk.length - rest.length;
      if (rest.length > 0) {
        yield rest;
      }
    }
  }

  async #countLines(end: number): Promise<number> {
    let lines = 0;
    let offset = 0;
    for await (const chunk of this.#input.chunks(0)) {
      lines += countNewlines(chunk.subarray(0, end - offset));
      offset += chunk.length;
      if (offset >= end) {
        break;
      }
    }
    return lines;
  }
}
