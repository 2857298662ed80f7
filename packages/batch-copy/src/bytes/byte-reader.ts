/**
 * Reads values in network byte order. A codec's `decode` gets one that is limited to the bytes of
 * the value.
 * Reading past its end throws a RangeError.
 */
export class ByteReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #position: number;

  constructor(buffer: Buffer, position = 0, end: number = buffer.length) {
    this.#buffer = buffer;
    this.#position = position;
    this.#end = end;
  }

  /** The number of bytes that are left. */
  get remaining(): number {
    return this.#end - this.#position;
  }

  /** One byte, signed. */
  int8(): number {
    return this.#buffer.readInt8(this.#skip(1));
  }

  /** Two bytes, signed. */
  int16(): number {
    return this.#buffer.readInt16BE(this.#skip(2));
  }

  /** Two bytes, unsigned. */
  uint16(): number {
    return this.#buffer.readUInt16BE(this.#skip(2));
  }

  /** Four bytes, signed. */
  int32(): number {
    return this.#buffer.readInt32BE(this.#skip(4));
  }

  /** Eight bytes, signed. */
  int64(): bigint {
    return this.#buffer.readBigInt64BE(this.#skip(8));
  }

  /** Four bytes, IEEE 754 single precision. */
  float32(): number {
    return this.#buffer.readFloatBE(this.#skip(4));
  }

  /** Eight bytes, IEEE 754 double precision. */
  float64(): number {
    return this.#buffer.readDoubleBE(this.#skip(8));
  }

  /** A copy of the next `length` bytes. @default all that are left */
  bytes(length: number = this.remaining): Buffer {
    const from = this.#skip(length);
    return Buffer.from(this.#buffer.subarray(from, from + length));
  }

  /** The next `length` bytes as UTF-8. @default all that are left */
  text(length: number = this.remaining): string {
    const from = this.#skip(length);
    return this.#buffer.toString("utf8", from, from + length);
  }

  /** The UTF-8 text before the next zero byte, which is skipped. */
  cstring(): string {
    const from = this.#position;
    const zero = this.#buffer.indexOf(0, from);
    if (zero < 0 || zero >= this.#end) {
      throw new RangeError("the text has no terminating zero byte");
    }
    this.#position = zero + 1;
    return this.#buffer.toString("utf8", from, zero);
  }

  /** A reader of the next `length` bytes, which this reader skips. */
  slice(length: number): ByteReader {
    const from = this.#skip(length);
    return new ByteReader(this.#buffer, from, from + length);
  }

  #skip(length: number): number {
    const from = this.#position;
    if (length < 0 || from + length > this.#end) {
      throw new RangeError(`cannot read ${length} bytes: ${this.remaining} are left`);
    }
    this.#position = from + length;
    return from;
  }
}
