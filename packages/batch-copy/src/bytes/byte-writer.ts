import { isUtf8 } from "node:buffer";

/**
 * The server reads no message of 1 GiB or more (`PQ_LARGE_MESSAGE_LIMIT` in PostgreSQL's
 * src/include/libpq/libpq.h), and a tuple has to fit into one CopyData message. The difference
 * leaves room for the header of the message.
 */
const MAX_TUPLE_BYTES = 2 ** 30 - 1024;

/** Up to this number of UTF-16 units a loop is faster than Node's native UTF-8 writer. */
const SHORT_TEXT = 24;

/** Up to this number of bytes a loop is faster than three native calls, which check and copy them. */
const SHORT_UTF8 = 64;

/** The maximum number of UTF-8 bytes for one UTF-16 unit. */
const MAX_UNIT_BYTES = 3;

/** The bits that all surrogates have in common. */
const SURROGATE_BITS = 0xf800;
const SURROGATE = 0xd800;

const TWO_TO_32 = 2 ** 32;

/**
 * Writes values in network byte order to a buffer that grows. A codec's `encode` gets one.
 *
 * Positions are relative to the start of the unfinished value (`openField`), because the value
 * moves when the buffer grows.
 */
export class ByteWriter {
  protected buffer: Buffer;
  protected view: DataView;
  /** The start of the unfinished value: bytes before it are final, bytes after it may move. */
  protected start = 0;
  protected position = 0;
  #limit: number;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
    this.view = viewOf(buffer);
    this.#limit = buffer.length;
  }

  /** One byte: the low 8 bits of `value`. */
  int8(value: number): void {
    this.reserve(1);
    this.view.setInt8(this.position, value);
    this.position += 1;
  }

  /** Two bytes: the low 16 bits of `value`. */
  int16(value: number): void {
    this.reserve(2);
    this.view.setInt16(this.position, value);
    this.position += 2;
  }

  /** Four bytes: the low 32 bits of `value`. */
  int32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.position, value);
    this.position += 4;
  }

  /** Eight bytes from a safe integer or a bigint. The caller checks the range. */
  int64(value: number | bigint): void {
    if (typeof value === "number") {
      this.safeInteger(value);
      return;
    }
    this.reserve(8);
    this.view.setBigInt64(this.position, value);
    this.position += 8;
  }

  /** Eight bytes from a safe integer. */
  safeInteger(value: number): void {
    this.reserve(8);
    const { view, position } = this;
    view.setInt32(position, Math.floor(value / TWO_TO_32));
    view.setInt32(position + 4, value);
    this.position = position + 8;
  }

  /** Four bytes, IEEE 754 single precision. */
  float32(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.position, value);
    this.position += 4;
  }

  /** Eight bytes, IEEE 754 double precision. */
  float64(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, value);
    this.position += 8;
  }

  /** Copies the bytes. */
  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.position);
    this.position += value.length;
  }

  /**
   * Text as UTF-8, without a length or a terminator.
   *
   * @throws RangeError for U+0000, which PostgreSQL cannot store, and for a lone surrogate, which
   * UTF-8 cannot express (Node would silently write U+FFFD).
   */
  text(value: string): void {
    const { length } = value;
    if (length > SHORT_TEXT) {
      this.#longText(value);
      return;
    }
    this.reserve(length * MAX_UNIT_BYTES);
    const { buffer } = this;
    let at = this.position;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit < 0x80 && unit !== 0) {
        buffer[at++] = unit;
      } else if (unit < 0x800 && unit !== 0) {
        buffer[at++] = 0xc0 | (unit >> 6);
        buffer[at++] = 0x80 | (unit & 0x3f);
      } else if (unit !== 0 && (unit & SURROGATE_BITS) !== SURROGATE) {
        buffer[at++] = 0xe0 | (unit >> 12);
        buffer[at++] = 0x80 | ((unit >> 6) & 0x3f);
        buffer[at++] = 0x80 | (unit & 0x3f);
      } else {
        this.#longText(value);
        return;
      }
    }
    this.position = at;
  }

  /**
   * Copies text that is UTF-8 already.
   *
   * @throws RangeError for a zero byte, and for bytes that are not valid UTF-8.
   */
  utf8(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.reserve(length);
    const { buffer, position } = this;
    if (length > SHORT_UTF8) {
      this.#longUtf8(bytes.subarray(start, end));
      return;
    }
    for (let i = 0; i < length; i++) {
      const byte = bytes[start + i]!;
      if (byte === 0 || byte >= 0x80) {
        this.#longUtf8(bytes.subarray(start, end));
        return;
      }
      buffer[position + i] = byte;
    }
    this.position = position + length;
  }

  #longUtf8(text: Uint8Array): void {
    if (text.includes(0)) {
      throw new RangeError("text cannot contain U+0000");
    }
    if (!isUtf8(text)) {
      throw new RangeError("the text is not valid UTF-8");
    }
    this.buffer.set(text, this.position);
    this.position += text.length;
  }

  #longText(value: string): void {
    if (value.includes("\0")) {
      throw new RangeError("text cannot contain U+0000");
    }
    if (!value.isWellFormed()) {
      throw new RangeError("text cannot contain a lone surrogate");
    }
    // Most texts fit whatever their characters are: then their size need not be asked for.
    if (this.position + value.length * MAX_UNIT_BYTES > this.#limit) {
      this.reserve(Buffer.byteLength(value));
    }
    this.position += this.buffer.write(value, this.position);
  }

  /** Reserves space for the length of a field. Pass the result to `closeField`. */
  openField(): number {
    this.reserve(4);
    const field = this.position - this.start;
    this.position += 4;
    return field;
  }

  /** Writes the length of the bytes that were written since `openField`. */
  closeField(field: number): void {
    const at = this.start + field;
    this.view.setInt32(at, this.position - at - 4);
  }

  protected reserve(bytes: number): void {
    if (this.position + bytes > this.#limit) {
      this.#checkSize(bytes);
      this.grow(bytes);
    }
  }

  #checkSize(bytes: number): void {
    const size = this.position - this.start + bytes;
    if (size > MAX_TUPLE_BYTES) {
      throw new RangeError(
        `the row would have ${size} bytes, but PostgreSQL accepts less than 1 GiB`,
      );
    }
  }

  /** Makes room for `bytes` more; the unfinished value may move. */
  protected grow(bytes: number): void {
    const needed = this.position - this.start + bytes;
    this.moveTo(Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2)), 0);
  }

  /** Continues in `buffer`, with a copy of the unfinished value at `start`. */
  protected moveTo(buffer: Buffer, start: number): void {
    this.buffer.copy(buffer, start, this.start, this.position);
    this.position = start + this.position - this.start;
    this.start = start;
    this.buffer = buffer;
    this.view = viewOf(buffer);
    this.#limit = buffer.length;
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}
