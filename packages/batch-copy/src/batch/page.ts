/** The message type of CopyData, and the bytes that it and the length take. */
const COPY_DATA = "d".charCodeAt(0);

/** The usual size of a page, header included. */
export const PAGE_BYTES: number = 256 * 1024;

/**
 * One CopyData message under construction: the message's header and the bytes of whole tuples. The
 * page is written to the socket as it is, in one call.
 */
export class Page {
  /** The bytes of the header: the message's type and its length. */
  static readonly headerBytes = 5;

  readonly buffer: Buffer;
  #end: number = Page.headerBytes;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }

  /** Whether it holds no tuple. */
  get isEmpty(): boolean {
    return this.#end === Page.headerBytes;
  }

  /** The share of the memory that the message takes, from 0 to 1. */
  get usedShare(): number {
    return this.#end / this.buffer.length;
  }

  /** The whole message. */
  get message(): Buffer {
    return this.buffer.subarray(0, this.#end);
  }

  /** The tuples alone. */
  get tuples(): Buffer {
    return this.buffer.subarray(Page.headerBytes, this.#end);
  }

  /** A copy whose memory is exactly the size of the message. */
  compact(): Page {
    // From Node's shared memory, where a small buffer has no block of its own.
    const copy = new Page(Buffer.allocUnsafe(this.#end));
    this.message.copy(copy.buffer);
    copy.#end = this.#end;
    return copy;
  }

  /** Ends the message at `end`. */
  seal(end: number): void {
    this.#end = end;
    writeHeader(this.buffer, end - Page.headerBytes);
  }

  /** The header of a message with `bytes` bytes of tuples. */
  static headerOf(bytes: number): Buffer {
    const header = Buffer.allocUnsafe(Page.headerBytes);
    writeHeader(header, bytes);
    return header;
  }
}

function writeHeader(buffer: Buffer, bytes: number): void {
  buffer[0] = COPY_DATA;
  // The length counts itself, but not the type.
  buffer.writeInt32BE(bytes + Page.headerBytes - 1, 1);
}
