/** Chunks that can be read once, and whose start can be looked at before. */
export class Peekable {
  readonly #chunks: AsyncGenerator<Uint8Array>;
  #peeked: Uint8Array[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(chunks: AsyncGenerator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /**
   * The first bytes: as many as wanted, if there are, or up to a first chunk with the end of a line,
   * because more may take long to come. An error is thrown by `rest()`, after what is before it.
   */
  async peek(wanted: number): Promise<Uint8Array> {
    let length = this.#peeked.reduce((sum, chunk) => sum + chunk.length, 0);
    while (length < wanted && !this.#peeked.some(hasLineEnd) && this.#failure === undefined) {
      const next = await this.#next();
      if (next === undefined) {
        break;
      }
      this.#peeked.push(next);
      length += next.length;
    }
    return Buffer.concat(this.#peeked);
  }

  /** All chunks, also those that were looked at. Called once. */
  async *rest(): AsyncGenerator<Uint8Array> {
    for (let chunk = this.#peeked.shift(); chunk !== undefined; chunk = this.#peeked.shift()) {
      yield chunk;
    }
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
    yield* this.#chunks;
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  async #next(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#chunks.next();
      return done === true ? undefined : value;
    } catch (error) {
      this.#failure = { error };
      return undefined;
    }
  }
}

const LINE_FEED = 0x0a;

function hasLineEnd(chunk: Uint8Array): boolean {
  return chunk.includes(LINE_FEED);
}
