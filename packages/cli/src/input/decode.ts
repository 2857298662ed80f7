import { InputError } from "./input-error.js";
import { singleByteDecoder } from "./single-byte.js";

/**
 * Makes UTF-8 of the chunks of a file in another encoding.
 *
 * @param name the file, for messages
 * @param encoding `iso-8859-1`, or the name of an encoding that TextDecoder knows
 * @throws InputError if the file is not in that encoding. What is before it is yielded.
 */
export async function* decode(
  name: string,
  encoding: string,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const translate = singleByteDecoder(encoding);
  if (translate !== undefined) {
    for await (const chunk of chunks) {
      yield translate(chunk);
    }
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  const encoder = new TextEncoder();
  let offset = 0;
  const decoded = (chunk?: Uint8Array): Uint8Array => {
    try {
      return encoder.encode(decoder.decode(chunk, { stream: chunk !== undefined }));
    } catch (error) {
      throw new InputError(`${name} is not in the encoding ${encoding}, after byte ${offset}`, {
        cause: error,
      });
    }
  };
  for await (const chunk of chunks) {
    // A chunk is decoded as a whole or not at all: small steps lose little before what is invalid.
    for (let at = 0; at < chunk.length; at += STEP_BYTES) {
      const step = chunk.subarray(at, at + STEP_BYTES);
      const text = decoded(step);
      offset += step.length;
      if (text.length > 0) {
        yield text;
      }
    }
  }
  const rest = decoded();
  if (rest.length > 0) {
    yield rest;
  }
}

const STEP_BYTES = 64 * 1024;
