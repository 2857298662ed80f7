import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";

/**
 * Converts the values of one PostgreSQL type to and from their binary format, without the length of
 * the field and without NULL. Encoding a decoded value results in the same bytes.
 */
export interface Codec<Value> {
  /**
   * Writes `value`.
   *
   * @throws an Error for a value that the type cannot store; its message becomes the `reason` of
   * the `EncodeError`.
   */
  encode(value: Value, out: ByteWriter): void;

  /**
   * Writes a value from its text form inside an array, a composite value or a range. A codec needs
   * it if `encode` accepts no strings, or reads them in another way.
   */
  encodeText?(text: string, out: ByteWriter): void;

  /**
   * Writes a value from its text form in bytes, which are UTF-8 from `start` to `end`, as fast as it can.
   * It returns false, and has written nothing, for texts that are left to `encodeText` or `encode`.
   *
   * @throws as `encode`
   */
  encodeUtf8?(bytes: Uint8Array, start: number, end: number, out: ByteWriter): boolean;

  /** Reads a value; `input` contains its bytes only. */
  decode(input: ByteReader): Value;
}

/** The length of a field that is NULL. */
export const NULL_LENGTH = -1;

/** The part of a codec that writes. */
export type Encoder<Value> = Pick<Codec<Value>, "encode">;

/** Writes values from their text form. */
export function textEncoder<Value>(codec: Codec<Value>): Encoder<string> {
  return {
    encode(text, out) {
      if (codec.encodeText === undefined) {
        codec.encode(text as Value, out);
      } else {
        codec.encodeText(text, out);
      }
    },
  };
}

/** Writes a field: its length and its value, or NULL. */
export function writeField<Value>(
  codec: Encoder<Value>,
  value: Value | null | undefined,
  out: ByteWriter,
): void {
  if (value === null || value === undefined) {
    out.int32(NULL_LENGTH);
    return;
  }
  const field = out.openField();
  codec.encode(value, out);
  out.closeField(field);
}

/** Reads a field written by {@link writeField}. */
export function readField<Value>(codec: Codec<Value>, input: ByteReader): Value | null {
  const length = input.int32();
  return length === NULL_LENGTH ? null : codec.decode(input.slice(length));
}
