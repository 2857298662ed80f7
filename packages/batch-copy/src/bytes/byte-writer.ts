/**
 * The bytes of one tuple must fit into one CopyData message, and the server reads none of 1 GiB or
 * more (`PQ_LARGE_MESSAGE_LIMIT` in PostgreSQL's src/include/libpq/libpq.h). The small gap leaves
 * room for the message's own header.
 */
const MAX_TUPLE_BYTES = 2 ** 30 - 1024;

/** Up to this many UTF-16 units a loop beats the call into Node's native UTF-8 writer. */
const SHORT_TEXT = 24;

/** The most that one UTF-16 unit takes in UTF-8. */
const MAX_UNIT_BYTES = 3;

/** What the two halves of a surrogate pair have in common. */
const SURROGATE_BITS = 0xf800;
const SURROGATE = 0xd800;

const TWO_TO_32 = 2 ** 32;

/**
 * Writes values in network byte order into a buffer that grows. This is what a codec's `encode`
 * is given.
 *
 * Positions are only ever handed out relative to the start of the unfinished value (`openField`),
 * because growing may move that value to another place.
 */
export class ByteWriter {
  protected buffer: Buffer;
  protected view: DataView;
  /** Where the unfinished value begins: what stands before is settled, what follows may move. */
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

  /** Eight bytes from a safe integer or a bigint. The caller has checked the range. */
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

  /** The bytes as they are. */
  bytes(value: Uint8Array): void {
    this.reserve(value.length);
    this.buffer.set(value, this.position);
    this.position += value.length;
  }

  /**
   * Text in UTF-8, without a length or an end mark.
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

  /** Leaves room for a field's length; give what it returns to `closeField`. */
  openField(): number {
    this.reserve(4);
    const field = this.position - this.start;
    this.position += 4;
    return field;
  }

  /** Fills in the length of what was written since `openField`. */
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

  /** Makes room for `bytes` more, moving the unfinished value if need be. */
  protected grow(bytes: number): void {
    const needed = this.position - this.start + bytes;
    this.moveTo(Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2)), 0);
  }

  /** Goes on in `buffer`, with the unfinished value copied to `start`. */
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
