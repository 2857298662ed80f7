/** The size of the chunks in which files are read, in bytes. */
export const CHUNK_BYTES: number = 256 * 1024;

/**
 * Memory for chunks, which is used again: without that, each chunk would be garbage outside of the heap,
 * which makes the engine collect more often.
 */
export class ChunkPool {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }

  /** Takes back a chunk, or a part of one, that nobody reads any more. */
  release({ buffer }: Uint8Array): void {
    this.#free.push(Buffer.from(buffer as ArrayBuffer));
  }
}
