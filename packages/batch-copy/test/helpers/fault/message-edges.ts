/** Where a protocol message begins or ends in a stream of bytes. */
export interface Edge {
  readonly side: "before" | "after";
  /** The message's type byte, or `startup` for what opens a connection and has none. */
  readonly type: string;
  /** How many bytes of the stream come before. */
  readonly position: number;
}

const LENGTH_BYTES = 4;

/**
 * Finds the edges of messages in one direction of a connection without TLS
 * (https://www.postgresql.org/docs/current/protocol-message-formats.html).
 */
export class MessageEdges {
  #position = 0;
  #isStartup: boolean;
  /** Of the message under way. */
  #type: string | undefined;
  #lengthBytesRead = 0;
  #length = 0;
  #missing = 0;

  /** @param beginsWithStartup whether this is the client's side */
  constructor(beginsWithStartup: boolean) {
    this.#isStartup = beginsWithStartup;
  }

  /** Reads on, and returns the edges within the chunk and at its end. */
  scan(chunk: Buffer): Edge[] {
    const edges: Edge[] = [];
    const start = this.#position;
    while (this.#position < start + chunk.length) {
      const rest = chunk.subarray(this.#position - start);
      if (this.#type === undefined) {
        edges.push(this.#begin(rest));
      } else if (this.#lengthBytesRead < LENGTH_BYTES) {
        this.#readLength(rest[0]!);
      } else {
        this.#skip(rest.length);
      }
      if (this.#lengthBytesRead === LENGTH_BYTES && this.#missing === 0) {
        edges.push({ side: "after", type: this.#type!, position: this.#position });
        this.#type = undefined;
        this.#lengthBytesRead = 0;
      }
    }
    return edges;
  }

  #begin(rest: Buffer): Edge {
    const position = this.#position;
    this.#type = this.#isStartup ? "startup" : String.fromCharCode(rest[0]!);
    if (!this.#isStartup) {
      this.#position++;
    }
    this.#isStartup = false;
    this.#length = 0;
    return { side: "before", type: this.#type, position };
  }

  /** The length counts itself. */
  #readLength(byte: number): void {
    this.#length = this.#length * 256 + byte;
    this.#lengthBytesRead++;
    this.#missing = this.#length - LENGTH_BYTES;
    this.#position++;
  }

  #skip(available: number): void {
    const skipped = Math.min(this.#missing, available);
    this.#missing -= skipped;
    this.#position += skipped;
  }
}
