import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";

const BUFFER_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** A file that is appended to. What is appended is written by `flush()`. */
export class GrowingFile {
  readonly path: string;
  readonly #descriptor: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Texts are joined, and encoded as one, which takes a fraction of the time. */
  #pendingText = "";
  #written: number;
  #lastByte: number | undefined;

  /** Opens a file, or makes an empty one. */
  constructor(path: string) {
    this.path = path;
    this.#descriptor = openSync(path, "a+");
    this.#written = fstatSync(this.#descriptor).size;
    this.#readLastByte();
  }

  /** How long it will be when all is written. Texts count when they are written. */
  get size(): number {
    return this.#written + this.#pendingBytes;
  }

  /** Whether it ends with the end of a line, or is empty. */
  get isAtLineStart(): boolean {
    const last = this.#lastByte;
    return last === undefined || last === LINE_FEED || last === CARRIAGE_RETURN;
  }

  /** Whether the file still has its name, and no other one has taken its place. */
  get isInPlace(): boolean {
    const named = statSync(this.path, { throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.#descriptor);
    return named?.ino === ino && named.dev === dev;
  }

  /** Whether so much waits to be written that it takes too much memory. */
  get isFull(): boolean {
    return this.#pendingBytes + this.#pendingText.length >= BUFFER_BYTES;
  }

  append(bytes: Uint8Array): void {
    if (bytes.length > 0) {
      this.#pending.push(bytes);
      this.#pendingBytes += bytes.length;
      this.#lastByte = bytes.at(-1);
    }
  }

  /** Appends lines of text, to a file that has only such. */
  appendText(text: string): void {
    this.#pendingText += text;
  }

  flush(): void {
    const bytes = Buffer.concat([...this.#pending, Buffer.from(this.#pendingText)]);
    for (let at = 0; at < bytes.length;) {
      at += writeSync(this.#descriptor, bytes, at);
    }
    this.#written += bytes.length;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pendingText = "";
  }

  /** Removes what is behind a size. Nothing must be waiting. */
  truncate(size: number): void {
    if (size < this.#written) {
      ftruncateSync(this.#descriptor, size);
      this.#written = size;
      this.#readLastByte();
    }
  }

  /** Reads bytes that are written. */
  read(at: number, length: number): Uint8Array {
    const bytes = Buffer.alloc(length);
    let read = 0;
    while (read < length) {
      const count = readSync(this.#descriptor, bytes, read, length - read, at + read);
      if (count === 0) {
        break;
      }
      read += count;
    }
    return bytes.subarray(0, read);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #readLastByte(): void {
    this.#lastByte = this.#written === 0 ? undefined : this.read(this.#written - 1, 1)[0];
  }
}

/** Reads pieces of a file, one after the other, with few reads. */
export class PieceReader {
  readonly #file: GrowingFile;
  #window: Uint8Array = new Uint8Array(0);
  #start = 0;

  constructor(file: GrowingFile) {
    this.#file = file;
  }

  /** A piece that ends in the file. Its memory is not used again. */
  read(at: number, length: number): Uint8Array {
    const isInside = at >= this.#start && at + length <= this.#start + this.#window.length;
    if (!isInside) {
      this.#window = this.#file.read(at, Math.max(length, BUFFER_BYTES));
      this.#start = at;
    }
    return this.#window.subarray(at - this.#start, at - this.#start + length);
  }
}
