const MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Takes the byte order mark of UTF-8 off the start of a file. */
export class ByteOrderMark {
  /** How many of its bytes were seen; -1 once it is known whether there is one. */
  #seen: number;

  /** @param offset where in the file reading begins */
  constructor(offset: number) {
    this.#seen = offset === 0 ? 0 : -1;
  }

  get isDecided(): boolean {
    return this.#seen < 0;
  }

  /** Compares the first bytes; returns how many of the chunk belong to the mark, or may. */
  skip(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && this.#seen < MARK.length && chunk[at] === MARK[this.#seen]) {
      at++;
      this.#seen++;
    }
    return at;
  }

  /**
   * Called when `skip()` did not take the whole chunk, or at the end of the file: returns the bytes that were
   * taken for a mark, or `undefined` if they were one.
   */
  decide(): Uint8Array | undefined {
    const seen = this.#seen;
    this.#seen = -1;
    return seen === MARK.length ? undefined : MARK.subarray(0, seen);
  }
}
