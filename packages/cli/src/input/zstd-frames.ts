const MAGIC = 0xfd2fb528;
const MAGIC_OF_FRAME = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAGIC_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4];
const CONTENT_SIZE_BYTES = [0, 2, 4, 8];
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** Bytes of one frame with data. */
export interface FramePart {
  readonly bytes: Uint8Array;
  /** Whether the frame ends with these bytes. */
  readonly isLast: boolean;
}

/** The part of a frame whose bytes are read next, and what follows it. */
type State = "magic" | "skippable size" | "descriptor" | "block header" | "content" | "end";

/**
 * Finds where the frames of a zstd file begin and end (RFC 8878, 3.1.1), by the sizes in their headers.
 * Node's zlib needs that: up to version 24, it ends after the first frame of a file, and up to version 22,
 * it takes a frame without its end for a whole one.
 */
export class ZstdFrames {
  #state: State = "magic";
  /** How many bytes make up the next header. */
  #needed = MAGIC_BYTES;
  readonly #header = new Uint8Array(CHECKSUM_BYTES);
  #headerLength = 0;
  /** How many bytes are passed over, and the state after them. */
  #toPass = 0;
  #afterPassed: State = "magic";
  #hasChecksum = false;
  #isSkippable = false;

  /** Whether a frame has begun that has not ended. */
  isInFrame = false;
  /** Why what follows is no frame. */
  failure: string | undefined;

  /**
   * Splits bytes at the ends of frames, and leaves out frames without data (RFC 8878, 3.1.2). A header may
   * be cut by the end of a piece.
   */
  split(piece: Uint8Array): FramePart[] {
    const parts: FramePart[] = [];
    let start = 0;
    for (let at = 0; at < piece.length && this.failure === undefined;) {
      const wasMagic = this.#state === "magic";
      this.isInFrame = true;
      at = this.#state === "content" ? this.#pass(piece, at) : this.#collect(piece, at);
      if (wasMagic && this.#state === "descriptor") {
        parts.push({ bytes: MAGIC_OF_FRAME, isLast: false });
        start = at;
      } else if (this.#state === "end") {
        this.#addPart(parts, piece.subarray(start, at), true);
        start = at;
        this.#begin();
      }
    }
    if (this.#state !== "magic") {
      this.#addPart(parts, piece.subarray(start), false);
    }
    return parts;
  }

  #addPart(parts: FramePart[], bytes: Uint8Array, isLast: boolean): void {
    if (!this.#isSkippable && (bytes.length > 0 || isLast)) {
      parts.push({ bytes, isLast });
    }
  }

  #begin(): void {
    this.isInFrame = false;
    this.#isSkippable = false;
    this.#await("magic", MAGIC_BYTES);
  }

  #await(state: State, needed: number): void {
    this.#state = state;
    this.#needed = needed;
    this.#headerLength = 0;
  }

  #passThen(count: number, state: State): void {
    this.#state = "content";
    this.#toPass = count;
    this.#afterPassed = state;
    if (count === 0) {
      this.#reach(state);
    }
  }

  #pass(piece: Uint8Array, at: number): number {
    const count = Math.min(this.#toPass, piece.length - at);
    this.#toPass -= count;
    if (this.#toPass === 0) {
      this.#reach(this.#afterPassed);
    }
    return at + count;
  }

  #reach(state: State): void {
    this.#await(state, BLOCK_HEADER_BYTES);
  }

  #collect(piece: Uint8Array, at: number): number {
    this.#header[this.#headerLength++] = piece[at]!;
    if (this.#headerLength === this.#needed) {
      this.#readHeader();
    }
    return at + 1;
  }

  #readHeader(): void {
    const view = new DataView(this.#header.buffer);
    if (this.#state === "magic") {
      this.#readMagic(view.getUint32(0, true));
    } else if (this.#state === "skippable size") {
      this.#passThen(view.getUint32(0, true), "end");
    } else if (this.#state === "descriptor") {
      this.#readDescriptor(view.getUint8(0));
    } else {
      this.#readBlock(view.getUint16(0, true) | (view.getUint8(2) << 16));
    }
  }

  #readMagic(magic: number): void {
    if (magic === MAGIC) {
      this.#await("descriptor", 1);
    } else if ((magic & 0xfffffff0) === SKIPPABLE_MAGIC) {
      this.#isSkippable = true;
      this.#await("skippable size", MAGIC_BYTES);
    } else {
      this.failure = "other data follows the compressed data";
    }
  }

  #readDescriptor(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0;
    const sizeFlag = descriptor >> 6;
    const contentSize = sizeFlag === 0 && isSingleSegment ? 1 : CONTENT_SIZE_BYTES[sizeFlag]!;
    this.#hasChecksum = (descriptor & 4) !== 0;
    const window = isSingleSegment ? 0 : 1;
    this.#passThen(window + DICTIONARY_ID_BYTES[descriptor & 3]! + contentSize, "block header");
  }

  #readBlock(header: number): void {
    const isLast = (header & 1) !== 0;
    const type = (header >> 1) & 3;
    if (type === RESERVED_BLOCK) {
      this.failure = "invalid block";
      return;
    }
    const content = type === RLE_BLOCK ? 1 : header >> 3;
    if (isLast) {
      this.#passThen(content + (this.#hasChecksum ? CHECKSUM_BYTES : 0), "end");
    } else {
      this.#passThen(content, "block header");
    }
  }
}
