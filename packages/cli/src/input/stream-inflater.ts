import type { Transform } from "node:stream";

import type { Inflater } from "./inflater.js";

/** A stream of node:zlib, of which `bytesWritten` counts the compressed bytes that were understood. */
export type ZlibStream = Transform & { readonly bytesWritten: number };

/** Decompresses by node:zlib, in threads of libuv. It goes on with the next member or frame of a file. */
export class StreamInflater implements Inflater {
  readonly #stream: ZlibStream;
  #inflated: Uint8Array[] = [];
  #bytesPushed = 0;
  #hasEnded = false;
  #failure: string | undefined;
  #settle: () => void = () => {};

  constructor(stream: ZlibStream) {
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => this.#inflated.push(chunk));
    stream.on("end", () => {
      this.#hasEnded = true;
      this.#settle();
    });
    stream.on("error", (error: Error) => {
      this.#failure ??= error.message;
      this.#settle();
    });
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  async push(piece: Uint8Array): Promise<void> {
    this.#bytesPushed += piece.length;
    if (!this.#hasEnded) {
      // A stream that ends in the middle of a piece, before bytes that it does not want, never calls back.
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        this.#stream.write(piece, () => resolve());
      });
    }
    if (this.#hasEnded) {
      this.#checkRest(piece);
    }
  }

  async end(): Promise<void> {
    if (!this.#hasEnded && this.#failure === undefined) {
      await new Promise<void>((resolve) => {
        this.#settle = resolve;
        this.#stream.end();
      });
    }
  }

  take(): Uint8Array[] {
    const inflated = this.#inflated;
    this.#inflated = [];
    return inflated;
  }

  close(): void {
    this.#stream.destroy();
  }

  /** Zeros may follow, as gzip(1) has it, with which tapes and blocks are filled. */
  #checkRest(piece: Uint8Array): void {
    const rest = this.#bytesPushed - this.#stream.bytesWritten;
    const tail = piece.subarray(Math.max(0, piece.length - rest));
    if (tail.some((byte) => byte !== 0)) {
      this.#failure ??= "other data follows the compressed data";
    }
  }
}
