import { isUtf8 } from "node:buffer";

const { latin1Slice, utf8Slice } = Buffer.prototype;

/**
 * The text that is in bytes.
 *
 * @throws RangeError if they are not valid UTF-8
 */
export function utf8Text(bytes: Uint8Array, start: number, end: number): string {
  for (let at = start; at < end; at++) {
    if (bytes[at]! >= 0x80) {
      return decoded(bytes, start, end);
    }
  }
  return latin1Slice.call(bytes, start, end);
}

function decoded(bytes: Uint8Array, start: number, end: number): string {
  if (!isUtf8(bytes.subarray(start, end))) {
    throw new RangeError("the text is not valid UTF-8");
  }
  return utf8Slice.call(bytes, start, end);
}
