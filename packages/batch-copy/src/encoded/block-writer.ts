import { ByteWriter } from "../bytes/byte-writer.js";

const FIRST_BYTES = 64 * 1024;

/** Writes tuples one after the other into a buffer that is used again and again. */
export class BlockWriter extends ByteWriter {
  constructor() {
    super(Buffer.allocUnsafeSlow(FIRST_BYTES));
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
  }

  /** All finished tuples stay where they are relative to each other. */
  protected override grow(bytes: number): void {
    const needed = this.position + bytes;
    const buffer = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.buffer.length));
    this.buffer.copy(buffer, 0, 0, this.start);
    this.moveTo(buffer, this.start);
  }
}
