import { InputError } from "./input-error.js";

/**
 * Leaves out the first bytes of a file that can only be read from its start.
 *
 * @throws InputError if there are not so many.
 */
export async function* skipBytes(
  name: string,
  count: number,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) {
      yield left === 0 ? chunk : chunk.subarray(left);
    }
    left = Math.max(0, left - chunk.length);
  }
  if (left > 0) {
    throw tooShort(name, count, count - left);
  }
}

/** The error for a file that ends before the position at which to begin. */
export function tooShort(name: string, wanted: number, size: number): InputError {
  return new InputError(
    `${name} has become shorter: it has ${size} bytes, and was read to byte ${wanted} before`,
  );
}
