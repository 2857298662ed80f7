/** Windows-1252 from 0x80 to 0x9F, as the WHATWG Encoding Standard has it; the rest is ISO 8859-1. */
const WINDOWS_1252 =
  "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F" +
  "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

const MOST_UTF8_BYTES = 3;

/**
 * Makes UTF-8 of an encoding with one byte for each character; undefined for other encodings. TextDecoder
 * of several versions of Node takes windows-1252 for ISO 8859-1, and always does the reverse.
 */
export function singleByteDecoder(
  encoding: string,
): ((chunk: Uint8Array) => Uint8Array) | undefined {
  if (encoding !== "iso-8859-1" && encoding !== "windows-1252") {
    return undefined;
  }
  const characters = Array.from({ length: 256 }, (_, byte) => String.fromCodePoint(byte));
  if (encoding === "windows-1252") {
    characters.splice(0x80, WINDOWS_1252.length, ...WINDOWS_1252.split(""));
  }
  const encoded = characters.map((character) => new TextEncoder().encode(character));
  return (chunk) => translate(chunk, encoded);
}

function translate(chunk: Uint8Array, encoded: readonly Uint8Array[]): Uint8Array {
  if (chunk.every((byte) => byte < 0x80)) {
    return chunk;
  }
  const out = new Uint8Array(chunk.length * MOST_UTF8_BYTES);
  let length = 0;
  for (const byte of chunk) {
    if (byte < 0x80) {
      out[length++] = byte;
    } else {
      for (const unit of encoded[byte]!) {
        out[length++] = unit;
      }
    }
  }
  return out.subarray(0, length);
}
