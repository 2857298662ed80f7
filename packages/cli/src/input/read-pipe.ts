import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";

import { STDIN } from "./find-files.js";
import { inputErrorOf } from "./input-error.js";

/**
 * Reads stdin, or a named pipe.
 *
 * @param stopped ends it at once: the next bytes may take long to come
 * @throws InputError
 */
export async function* readPipe(path: string, stopped: AbortSignal): AsyncGenerator<Uint8Array> {
  const stream: Readable = path === STDIN ? process.stdin : createReadStream(path);
  const stop = (): void => void stream.destroy();
  stopped.addEventListener("abort", stop);
  try {
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!stopped.aborted) {
      throw inputErrorOf(path === STDIN ? "stdin" : path, error);
    }
  } finally {
    stopped.removeEventListener("abort", stop);
  }
}
