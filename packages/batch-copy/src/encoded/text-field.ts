import type { ByteWriter } from "../bytes/byte-writer.js";
import { textEncoder, type Codec } from "../codecs/codec.js";
import { utf8Text } from "../codecs/text-form/utf8-text.js";

/** Writes the value whose text form is in bytes, without its length. */
export type TextField = (bytes: Uint8Array, start: number, end: number, out: ByteWriter) => void;

/**
 * Writes values of a `timestamptz` from their text form; those without a time zone are in UTC: a
 * `timestamp` is stored as if it were one (src/include/datatype/timestamp.h).
 */
export function utcField(codec: Codec<unknown>, local: Codec<unknown>): TextField {
  const usual = textField(codec);
  const encodeLocal = local.encodeUtf8!.bind(local);
  return (bytes, start, end, out) => {
    if (!encodeLocal(bytes, start, end, out)) {
      usual(bytes, start, end, out);
    }
  };
}

/** Writes values of a codec from their text form. */
export function textField(codec: Codec<unknown>): TextField {
  const encoder = textEncoder(codec);
  if (codec.encodeUtf8 === undefined) {
    return (bytes, start, end, out) => encoder.encode(utf8Text(bytes, start, end), out);
  }
  const encodeUtf8 = codec.encodeUtf8.bind(codec);
  return (bytes, start, end, out) => {
    if (!encodeUtf8(bytes, start, end, out)) {
      encoder.encode(utf8Text(bytes, start, end), out);
    }
  };
}
