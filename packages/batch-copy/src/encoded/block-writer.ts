import { ByteWriter } from "../bytes/byte-writer.js";

const FIRST_BYTES = 64 * 1024;

/** The ends of tuples are 32-bit numbers, and a Buffer of Node 20 has at most 4 GiB. */
const MOST_BYTES = 2 ** 31;

/** Memory that one giant row has needed is not kept for the usual ones. */
const KEPT_BYTES = 16 * 1024 * 1024;

/** Writes tuples one after the other into a buffer that is used again and again. */
export class BlockWriter extends ByteWriter {
  readonly #mostBytes: number;

  /** @param mostBytes the most that tuples may have together */
  constructor(mostBytes: number = MOST_BYTES) {
    super(Buffer.allocUnsafeSlow(FIRST_BYTES));
    this.#mostBytes = mostBytes;
  }

  /** Bytes of the finished tuples. */
  get bytesWritten(): number {
    return this.start;
  }

  /** The finished tuples, until the next one is begun after {@link reset}. */
  get tuples(): Buffer {
    return this.buffer.subarray(0, this.start);
  }

  endTuple(): void {
    this.start = this.position;
  }

  undoTuple(): void {
    this.position = this.start;
  }

  /** From now on, what was written is written over. */
  reset(): void {
    this.start = 0;
    this.position = 0;
    if (this.buffer.length > KEPT_BYTES) {
      this.moveTo(Buffer.allocUnsafeSlow(FIRST_BYTES), 0);
    }
  }

  /** All finished tuples stay where they are relative to each other. */
  protected override grow(bytes: number): void {
    const needed = this.position + bytes;
    if (needed > this.#mostBytes) {
      throw new RangeError(
        `the encoded rows would have ${needed} bytes together: take() the finished ones before`,
      );
    }
    const size = Math.min(this.#mostBytes, Math.max(needed, 2 * this.buffer.length));
    const buffer = Buffer.allocUnsafeSlow(size);
    this.buffer.copy(buffer, 0, 0, this.start);
    this.moveTo(buffer, this.start);
  }
}
