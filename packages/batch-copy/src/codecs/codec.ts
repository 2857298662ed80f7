import type { ByteReader } from "../bytes/byte-reader.js";
import type { ByteWriter } from "../bytes/byte-writer.js";

/**
 * How a value of one PostgreSQL type stands in binary: its payload only, without length and NULL.
 * What `decode` returns can be encoded again, to the same bytes.
 */
export interface Codec<Value> {
  /**
   * Writes the payload of `value`.
   *
   * @throws an Error for a value that the type cannot hold; its message becomes the `reason` of
   * the sender's `EncodeError`.
   */
  encode(value: Value, out: ByteWriter): void;

  /**
   * Writes the payload of the value that stands in the text of an array, a composite value or a
   * range. It is there for types whose own text form is not what `encode` takes a string for.
   */
  encodeText?(text: string, out: ByteWriter): void;

  /** Reads the payload back; `input` holds it and nothing more. */
  decode(input: ByteReader): Value;
}

/** What stands in a field's length when the field is NULL. */
export const NULL_LENGTH = -1;

/** The half of a codec that writes. */
export type Encoder<Value> = Pick<Codec<Value>, "encode">;

/** Writes values from the server's text form of them. */
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

/** Writes a field: its length and payload, or NULL. */
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

/** Reads a field that {@link writeField} wrote. */
export function readField<Value>(codec: Codec<Value>, input: ByteReader): Value | null {
  const length = input.int32();
  return length === NULL_LENGTH ? null : codec.decode(input.slice(length));
}
