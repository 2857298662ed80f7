import * as zlib from "node:zlib";

import { CHUNK_BYTES } from "./chunk-pool.js";
import { FzstdInflater } from "./fzstd-inflater.js";
import type { Inflater } from "./inflater.js";
import { StreamInflater, type ZlibStream } from "./stream-inflater.js";
import { ZstdFrames } from "./zstd-frames.js";

/** Node has it since 22.15 and 23.8. */
const createZstdDecompress = (
  zlib as { createZstdDecompress?: (options: { chunkSize: number }) => unknown }
).createZstdDecompress;

/** A decompressor of one frame: that of Node, where it has one. */
export function newFrameInflater(): Inflater {
  return createZstdDecompress === undefined
    ? new FzstdInflater()
    : new StreamInflater(createZstdDecompress({ chunkSize: CHUNK_BYTES }) as ZlibStream);
}

/** Decompresses zstd, any number of frames, each by a decompressor of its own. */
export class ZstdInflater implements Inflater {
  readonly #frames = new ZstdFrames();
  readonly #newFrame: () => Inflater;
  #frame: Inflater | undefined;
  #inflated: Uint8Array[] = [];
  #failure: string | undefined;

  constructor(newFrame: () => Inflater) {
    this.#newFrame = newFrame;
  }

  get failure(): string | undefined {
    return this.#failure;
  }

  async push(piece: Uint8Array): Promise<void> {
    for (const { bytes, isLast } of this.#frames.split(piece)) {
      if (this.#failure === undefined) {
        await this.#pushToFrame(bytes, isLast);
      }
    }
    this.#failure ??= this.#frames.failure;
  }

  async end(): Promise<void> {
    if (this.#frames.isInFrame) {
      this.#failure ??= "unexpected end of file";
    }
  }

  take(): Uint8Array[] {
    const inflated = this.#inflated;
    this.#inflated = [];
    return inflated;
  }

  close(): void {
    this.#frame?.close();
  }

  async #pushToFrame(bytes: Uint8Array, isLast: boolean): Promise<void> {
    const frame = (this.#frame ??= this.#newFrame());
    await frame.push(bytes);
    if (isLast) {
      await frame.end();
    }
    this.#inflated.push(...frame.take());
    this.#failure ??= frame.failure;
    if (isLast) {
      frame.close();
      this.#frame = undefined;
    }
  }
}
