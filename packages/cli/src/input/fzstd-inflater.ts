import { Decompress } from "fzstd";

import type { Inflater } from "./inflater.js";
import { XxHash64 } from "./xxhash64.js";

const DESCRIPTOR_OFFSET = 4;
const HAS_CHECKSUM = 4;
const CHECKSUM_BYTES = 4;

/** Decompresses one frame of zstd in JavaScript, for versions of Node whose zlib has no zstd. */
export class FzstdInflater implements Inflater {
  readonly #hash = new XxHash64();
  #inflated: Uint8Array[] = [];
  #failure: string | undefined;
  #bytesPushed = 0;
  #hasChecksum = false;
  #lastBytes: Uint8Array = new Uint8Array(0);
  readonly #frame = new Decompress((block) => {
    if (block.length > 0) {
      this.#inflated.push(block);
    }
  });

  get failure(): string | undefined {
    return this.#failure;
  }

  async push(piece: Uint8Array): Promise<void> {
    const descriptor = piece[DESCRIPTOR_OFFSET - this.#bytesPushed];
    if (descriptor !== undefined) {
      this.#hasChecksum = (descriptor & HAS_CHECKSUM) !== 0;
    }
    this.#bytesPushed += piece.length;
    this.#lastBytes = Buffer.concat([this.#lastBytes, piece.subarray(-CHECKSUM_BYTES)]).subarray(
      -CHECKSUM_BYTES,
    );
    this.#decompress(piece, false);
  }

  async end(): Promise<void> {
    this.#decompress(new Uint8Array(0), true);
    // fzstd does not verify it.
    if (this.#hasChecksum && this.#checksum() !== this.#hash.low32()) {
      this.#failure ??= "incorrect checksum";
    }
  }

  take(): Uint8Array[] {
    const inflated = this.#inflated;
    this.#inflated = [];
    return inflated;
  }

  close(): void {
    this.#inflated = [];
  }

  #checksum(): number {
    const { buffer, byteOffset } = this.#lastBytes;
    return new DataView(buffer, byteOffset, CHECKSUM_BYTES).getUint32(0, true);
  }

  #decompress(piece: Uint8Array, isLast: boolean): void {
    if (this.#failure !== undefined) {
      return;
    }
    const before = this.#inflated.length;
    try {
      this.#frame.push(piece, isLast);
    } catch (error) {
      this.#failure = (error as Error).message;
    }
    if (this.#hasChecksum) {
      for (const block of this.#inflated.slice(before)) {
        this.#hash.update(block);
      }
    }
  }
}
