import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";

import { STDIN } from "./find-files.js";
import { inputErrorOf } from "./input-error.js";

/**
 * Reads stdin, or a named pipe.
 *
 * @throws InputError
 */
export async function* readPipe(path: string): AsyncGenerator<Uint8Array> {
  const stream: Readable = path === STDIN ? process.stdin : createReadStream(path);
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw inputErrorOf(path === STDIN ? "stdin" : path, error);
  }
}
