import type { DiskFile } from "./disk.js";

const WINDOW_BYTES = 256 * 1024;

/** What is read of a file. */
type ReadFile = Pick<DiskFile, "read" | "close">;

/** In place of a file that is missing. */
export const NO_FILE: ReadFile = {
  read: () => Promise.resolve(0),
  close: () => Promise.resolve(),
};

/**
 * Reads a file in large pieces. What it returns is never written again, so that it can be kept; what is kept
 * holds the whole piece.
 */
export class FileWindow {
  readonly #file: ReadFile;
  #piece: Buffer = Buffer.alloc(0);
  #position = 0;

  constructor(file: ReadFile) {
    this.#file = file;
  }

  /**
   * The bytes at `position`; fewer than `length` only if the file ends before.
   *
   * @param limit nothing at or behind this position is read ahead
   */
  async read(position: number, length: number, limit: number): Promise<Buffer> {
    const from = position - this.#position;
    if (from < 0 || from + length > this.#piece.length) {
      const wanted = Math.max(length, Math.min(WINDOW_BYTES, limit - position));
      const piece = Buffer.allocUnsafeSlow(wanted);
      const filled = await this.#file.read(piece, position);
      this.#piece = piece.subarray(0, filled);
      this.#position = position;
    }
    const start = position - this.#position;
    return this.#piece.subarray(start, start + length);
  }

  /** Closes the file. */
  close(): Promise<void> {
    return this.#file.close();
  }
}
