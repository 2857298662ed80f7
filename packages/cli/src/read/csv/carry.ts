import type { ByteClasses } from "./byte-classes.js";
import { RecordEnd } from "./record-end.js";

const LEAST_BYTES = 1024;

/** The beginning of a record whose end is in a later chunk. */
export class Carry {
  /** How many bytes there are. */
  length = 0;
  #bytes = new Uint8Array(0);
  readonly #most: number;
  readonly #recordEnd: RecordEnd;

  /** @param most the largest number of bytes of a record */
  constructor(classes: ByteClasses, most: number) {
    this.#most = most;
    this.#recordEnd = new RecordEnd(classes);
  }

  /** Whether the record ends with the bytes, or is longer than a record may be. */
  get isComplete(): boolean {
    return this.#recordEnd.ended || this.length >= this.#most;
  }

  /** Adds bytes up to the end of the record; returns the position behind them. */
  add(bytes: Uint8Array, from: number): number {
    const to = this.#recordEnd.feed(bytes, from, bytes.length);
    const length = this.length + to - from;
    if (length > this.#bytes.length) this.#grow(length);
    this.#bytes.set(bytes.subarray(from, to), this.length);
    this.length = length;
    return to;
  }

  /** Gives the bytes away. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = new Uint8Array(0);
    this.length = 0;
    this.#recordEnd.restart();
    return taken;
  }

  #grow(length: number): void {
    const larger = new Uint8Array(Math.max(LEAST_BYTES, 2 * length));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
  }
}
